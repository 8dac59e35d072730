package dev.steelyard.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TextTest {

    @Test
    void sizes_are_powers_of_a_thousand() {
        assertThat(Text.size(999)).isEqualTo("999 B");
        assertThat(Text.size(1000)).isEqualTo("1.0 kB");
        assertThat(Text.size(90_868_376)).isEqualTo("90.9 MB");
        assertThat(Text.size(5_000_000_000_000_000L)).isEqualTo("5000.0 TB");
    }

    @Test
    void durations_use_the_unit_that_fits() {
        assertThat(Text.duration(Duration.ofMillis(850))).isEqualTo("850 ms");
        assertThat(Text.duration(Duration.ofMillis(12_340))).isEqualTo("12.3 s");
        assertThat(Text.duration(Duration.ofSeconds(245))).isEqualTo("4 min 05 s");
        assertThat(Text.duration(Duration.ofMinutes(127))).isEqualTo("2 h 07 min");
    }

    @Test
    void ids_are_cut_after_twelve_digits() {
        assertThat(Text.shortId("sha256:0123456789abcdef")).isEqualTo("sha256:0123456789ab");
        assertThat(Text.shortId("0190aaaa-bbbb-cccc")).isEqualTo("0190aaaa-bbb");
        assertThat(Text.shortId("short")).isEqualTo("short");
    }
}
