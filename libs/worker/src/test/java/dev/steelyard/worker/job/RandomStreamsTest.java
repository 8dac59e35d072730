package dev.steelyard.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RandomStreamsTest {

    @Test
    void streams_give_the_same_numbers_in_every_run_and_on_every_machine() {
        RandomGenerator weights = RandomStreams.stream(42, "weights");
        assertThat(new long[] {weights.nextLong(), weights.nextLong()})
                .containsExactly(8699618283087877748L, -2154488594372815856L);
        assertThat(weights.nextGaussian()).isEqualTo(-0.6864463584539963);
    }

    @Test
    void streams_differ_by_seed_and_by_name() {
        long one = RandomStreams.stream(1, "a").nextLong();
        assertThat(RandomStreams.stream(1, "a").nextLong()).isEqualTo(one);
        assertThat(RandomStreams.stream(2, "a").nextLong()).isNotEqualTo(one);
        assertThat(RandomStreams.stream(1, "b").nextLong()).isNotEqualTo(one);
    }
}
