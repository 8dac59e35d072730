package dev.steelyard.gateway.jobs;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Topics that just refused a record, be it that the broker is away or that one service's topic is missing, so that the
 * others need not wait for them. For one thread.
 */
final class BlockedTopics {
    private static final Logger LOG = LoggerFactory.getLogger(BlockedTopics.class);

    private final Map<String, Long> until = new HashMap<>();
    private final Duration pause;

    BlockedTopics(Duration pause) {
        this.pause = pause;
    }

    void add(String topic, @Nullable Throwable cause) {
        if (until.put(topic, System.nanoTime() + pause.toNanos()) == null) {
            LOG.warn("records for {} wait in the outbox: {}", topic, String.valueOf(cause));
        }
    }

    boolean contains(String topic) {
        return until.containsKey(topic);
    }

    /** Those to leave alone now; the others are tried again. */
    String[] now() {
        until.values().removeIf(end -> end - System.nanoTime() < 0);
        return until.keySet().toArray(String[]::new);
    }
}
