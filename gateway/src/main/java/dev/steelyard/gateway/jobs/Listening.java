package dev.steelyard.gateway.jobs;

import dev.steelyard.gateway.jobs.EventOffsets.Offsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * For how long the workers have been listened to without a break. From one look at the offsets to the next that is so when
 * the broker answered at both, every event that was there at the first has been projected by the second, and not so much
 * time lies between that the gateway must have stood still. Events that came since the first look do not count, however
 * many they are.
 */
final class Listening {
    private final Duration longestGap;
    private final InstantSource clock;
    private @Nullable Look last;

    /**
     * Listens from the first look on.
     *
     * @param longestGap between two looks; shorter than the silence to be judged, by more than workers are ever silent
     * @param clock the time of day, which goes on while a machine sleeps
     */
    Listening(Duration longestGap, InstantSource clock) {
        this.longestGap = longestGap;
        this.clock = clock;
    }

    private record Look(Instant at, Instant since, Map<TopicPartition, Long> ends) {}

    /** Takes another look; zero: not listened to. */
    Duration duration(Optional<Offsets> offsets) {
        Instant now = clock.instant();
        Look before = last;
        if (offsets.isEmpty()) {
            last = null;
            return Duration.ZERO;
        }
        Instant since = before != null && follows(before, now, offsets.get()) ? before.since() : now;
        last = new Look(now, since, offsets.get().ends());
        return Duration.between(since, now);
    }

    private boolean follows(Look before, Instant now, Offsets offsets) {
        return !now.isBefore(before.at())
                && Duration.between(before.at(), now).compareTo(longestGap) <= 0
                && before.ends().entrySet().stream()
                        .allMatch(end -> offsets.projected().getOrDefault(end.getKey(), 0L) >= end.getValue());
    }
}
