package dev.steelyard.worker;

import dev.steelyard.worker.attempt.Ack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The records of a batch that the broker has locked for this worker. Used by its consumer's thread only. */
final class HeldBatch {
    private static final Logger log = LoggerFactory.getLogger(HeldBatch.class);
    private static final Duration STANDARD_LOCK = Duration.ofSeconds(15);
    private static final Duration POLL = Duration.ofMillis(100);

    private final ShareConsumer<String, byte[]> consumer;
    private final WorkerMetrics metrics;
    private final Duration lock;
    private List<ShortAttempt> open;
    private long lockedAt = System.nanoTime();

    /** Records that the last poll of {@code consumer} has returned. */
    HeldBatch(ShareConsumer<String, byte[]> consumer, List<ShortAttempt> batch, WorkerMetrics metrics) {
        this.consumer = consumer;
        this.metrics = metrics;
        this.open = List.copyOf(batch);
        this.lock = consumer.acquisitionLockTimeoutMs().map(Duration::ofMillis).orElse(STANDARD_LOCK);
    }

    /** Those not yet acknowledged and not lost, in order. */
    List<ShortAttempt> open() {
        return open;
    }

    Duration lock() {
        return lock;
    }

    Duration untilRenewal() {
        return lock.dividedBy(3).minusNanos(System.nanoTime() - lockedAt);
    }

    /** Acknowledges what is done and renews the locks of the rest; what was lost is told so. */
    void renew() {
        long asked = System.nanoTime();
        if (asked - lockedAt > lock.toNanos()) {
            log.warn("locks of {} records are lost: they ran out while this process was held up", open.size());
            release();
            return;
        }
        List<ShortAttempt> rest = new ArrayList<>();
        for (ShortAttempt attempt : open) {
            Optional<Ack> ack = attempt.ack();
            consumer.acknowledge(attempt.record(), ack.map(HeldBatch::type).orElse(AcknowledgeType.RENEW));
            if (ack.isEmpty()) {
                rest.add(attempt);
            }
        }
        Set<TopicPartition> refused = commit();
        Set<Long> back = rest.isEmpty() ? Set.of() : handedOutAgain(rest, refused, asked);
        List<ShortAttempt> still = new ArrayList<>();
        for (ShortAttempt attempt : rest) {
            if (back.contains(id(attempt.record()))) {
                still.add(attempt);
                metrics.renewed();
            } else {
                attempt.lose();
                metrics.lockLost();
            }
        }
        open = List.copyOf(still);
        lockedAt = asked;
    }

    /** Others may have them by now, and the broker does not say so once they are done with them. */
    private void release() {
        for (ShortAttempt attempt : open) {
            consumer.acknowledge(attempt.record(), AcknowledgeType.RELEASE);
            attempt.lose();
            metrics.lockLost();
        }
        open = List.of();
        lockedAt = System.nanoTime();
    }

    /** Acknowledges what is done and releases the rest; the broker hears of it by the next poll, commit or close. */
    void acknowledge() {
        for (ShortAttempt attempt : open) {
            AcknowledgeType type = attempt.ack().map(HeldBatch::type).orElse(AcknowledgeType.RELEASE);
            consumer.acknowledge(attempt.record(), type);
        }
        open = List.of();
    }

    /** Tells the broker; returns the partitions whose acknowledgements it did not take. */
    Set<TopicPartition> commit() {
        Set<TopicPartition> refused = new HashSet<>();
        try {
            for (Map.Entry<TopicIdPartition, Optional<KafkaException>> result :
                    consumer.commitSync(lock).entrySet()) {
                result.getValue().ifPresent(e -> {
                    log.warn("locks of {} are lost: {}", result.getKey().topicPartition(), e.toString());
                    refused.add(result.getKey().topicPartition());
                });
            }
        } catch (KafkaException e) {
            log.warn("locks are lost: {}", e.toString());
            open.forEach(attempt -> refused.add(partition(attempt.record())));
        }
        return refused;
    }

    /** A renewed record can be acknowledged only after poll has returned it once more. */
    private Set<Long> handedOutAgain(List<ShortAttempt> renewed, Set<TopicPartition> refused, long since) {
        Set<Long> expected = new HashSet<>();
        for (ShortAttempt attempt : renewed) {
            if (!refused.contains(partition(attempt.record()))) {
                expected.add(id(attempt.record()));
            }
        }
        Set<Long> back = new HashSet<>();
        try {
            while (back.size() < expected.size() && System.nanoTime() - since < lock.toNanos()) {
                for (ConsumerRecord<String, byte[]> each : consumer.poll(POLL)) {
                    if (expected.contains(id(each))) {
                        back.add(id(each));
                    } else {
                        consumer.acknowledge(each, AcknowledgeType.RELEASE);
                    }
                }
            }
        } catch (KafkaException | IllegalStateException e) {
            log.warn("locks are lost: {}", e.toString());
        }
        return back;
    }

    private static TopicPartition partition(ConsumerRecord<?, ?> record) {
        return new TopicPartition(record.topic(), record.partition());
    }

    /** Partition and offset in one number; there is one topic only. */
    private static long id(ConsumerRecord<?, ?> record) {
        return ((long) record.partition() << 48) | record.offset();
    }

    private static AcknowledgeType type(Ack ack) {
        return switch (ack) {
            case ACCEPT -> AcknowledgeType.ACCEPT;
            case RELEASE, NONE -> AcknowledgeType.RELEASE;
            case REJECT -> AcknowledgeType.REJECT;
        };
    }
}
