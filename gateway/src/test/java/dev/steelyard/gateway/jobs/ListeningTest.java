package dev.steelyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.gateway.jobs.EventOffsets.Offsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ListeningTest {
    private static final TopicPartition FIRST = new TopicPartition("events", 0);
    private static final TopicPartition SECOND = new TopicPartition("events", 1);
    private Instant now = Instant.parse("2031-04-01T00:00:00Z");
    private final Listening listening = new Listening(Duration.ofSeconds(30), () -> now);

    @Test
    void who_has_just_begun_has_not_listened_yet() {
        assertThat(look(7, 7, 3, 3)).isZero();
    }

    @Test
    void it_lasts_while_each_look_finds_projected_what_the_one_before_saw() {
        look(7, 7, 3, 3);

        assertThat(after(5, 5_000, 7, 3, 3)).isEqualTo(Duration.ofSeconds(5));
        assertThat(after(10, 9_000, 5_000, 90_000, 3)).isEqualTo(Duration.ofSeconds(15));
        assertThat(after(5, 9_000, 9_000, 90_000, 90_000)).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void one_partition_that_stands_still_is_enough_to_begin_anew() {
        look(7, 7, 3, 3);
        after(5, 8, 8, 4, 3);

        assertThat(after(5, 9, 9, 4, 3)).isZero();
        assertThat(after(5, 9, 9, 4, 3)).isZero();
        assertThat(after(5, 9, 9, 4, 4)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void a_broker_that_does_not_answer_ends_it() {
        look(7, 7, 3, 3);
        after(5, 7, 7, 3, 3);
        now = now.plusSeconds(5);

        assertThat(listening.duration(Optional.empty())).isZero();
        assertThat(after(5, 7, 7, 3, 3)).isZero();
        assertThat(after(5, 7, 7, 3, 3)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void a_gateway_that_stood_still_begins_anew() {
        look(7, 7, 3, 3);
        assertThat(after(30, 7, 7, 3, 3)).isEqualTo(Duration.ofSeconds(30));

        assertThat(after(31, 7, 7, 3, 3)).isZero();
        assertThat(after(-60, 7, 7, 3, 3)).isZero();
        assertThat(after(5, 7, 7, 3, 3)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void a_partition_that_is_added_does_not_end_it() {
        look(7, 7, 3, 3);
        now = now.plusSeconds(5);
        Map<TopicPartition, Long> three = Map.of(FIRST, 7L, SECOND, 3L, new TopicPartition("events", 2), 0L);

        assertThat(listening.duration(Optional.of(new Offsets(three, three)))).isEqualTo(Duration.ofSeconds(5));
    }

    private Duration after(int seconds, long firstEnd, long first, long secondEnd, long second) {
        now = now.plusSeconds(seconds);
        return look(firstEnd, first, secondEnd, second);
    }

    private Duration look(long firstEnd, long first, long secondEnd, long second) {
        return listening.duration(Optional.of(
                new Offsets(Map.of(FIRST, firstEnd, SECOND, secondEnd), Map.of(FIRST, first, SECOND, second))));
    }
}
