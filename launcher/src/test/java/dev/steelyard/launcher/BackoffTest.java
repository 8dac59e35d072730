package dev.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {

    @Test
    void waits_double_up_to_the_longest_and_begin_anew_after_a_stable_while() {
        Backoff backoff = Backoff.usual();

        assertThat(IntStream.range(0, 7)
                        .mapToLong(i -> backoff.after(Duration.ofSeconds(3)).toSeconds()))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
        assertThat(backoff.after(Duration.ofSeconds(61))).hasSeconds(1);
        assertThat(backoff.after(Duration.ZERO)).hasSeconds(2);
    }
}
