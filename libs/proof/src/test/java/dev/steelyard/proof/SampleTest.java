package dev.steelyard.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SampleTest {
    @Test
    void deviation_is_that_of_a_sample() {
        Sample sample = Sample.of(List.of("a", "bbb", "ccccc"), String::length);

        assertThat(sample.mean()).isEqualTo(3);
        assertThat(sample.deviation()).isEqualTo(2, within(1e-12));
        assertThat(Sample.of(List.of("a"), String::length).deviation()).isNaN();
        assertThat(new Sample(List.of()).mean()).isNaN();
    }

    @Test
    void spread_is_mean_and_deviation() {
        assertThat(Sample.of(List.of("a", "bbb", "ccccc"), String::length).spread())
                .isEqualTo("3.0000 ± 2.0000");
    }
}
