package dev.steelyard.worker;

import dev.steelyard.worker.attempt.Ack;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A record that the broker has locked for this worker. Used by its consumer's thread only.
 *
 * <p>A renewed record cannot be acknowledged, nor renewed again, before poll has handed it out once more. A refused
 * renewal is returned by commitSync, not thrown. And when another worker has taken and finished the record meanwhile,
 * the broker does not refuse at all: so the time that has passed is looked at first.
 */
final class HeldRecord {
    private static final Logger log = LoggerFactory.getLogger(HeldRecord.class);
    private static final Duration STANDARD_LOCK = Duration.ofSeconds(15);
    private static final Duration MOST_BETWEEN_RENEWALS = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(100);

    private final ShareConsumer<String, byte[]> consumer;
    private final ConsumerRecord<String, byte[]> record;
    private final Duration lock;
    private long lockedAt;
    private boolean held = true;

    /** A record that the last poll of {@code consumer} has returned. */
    HeldRecord(ShareConsumer<String, byte[]> consumer, ConsumerRecord<String, byte[]> record) {
        this.consumer = consumer;
        this.record = record;
        this.lock = consumer.acquisitionLockTimeoutMs().map(Duration::ofMillis).orElse(STANDARD_LOCK);
        this.lockedAt = System.nanoTime();
    }

    ConsumerRecord<String, byte[]> record() {
        return record;
    }

    /** How often the broker has handed it out, from 1. */
    int deliveryCount() {
        return record.deliveryCount().map(Short::intValue).orElse(1);
    }

    /** How long the lock lasts unless it is renewed. */
    Duration lock() {
        return lock;
    }

    /** Time left until it is to be renewed; a year when the lock is lost. */
    Duration untilRenewal() {
        Duration third = lock.dividedBy(3);
        Duration every = third.compareTo(MOST_BETWEEN_RENEWALS) < 0 ? third : MOST_BETWEEN_RENEWALS;
        return held ? every.minusNanos(System.nanoTime() - lockedAt) : Duration.ofDays(365);
    }

    /** Asks the broker to let the lock run anew. False: the record is no longer this worker's. */
    boolean renew() {
        long asked = System.nanoTime();
        if (held && asked - lockedAt > lock.toNanos()) {
            log.warn("lock of {} is lost: it ran out while this process was held up", this);
            acknowledge(Ack.RELEASE);
        }
        held = held && renewed() && handedOutAgain(asked);
        lockedAt = asked;
        return held;
    }

    private boolean renewed() {
        try {
            consumer.acknowledge(record, AcknowledgeType.RENEW);
            Map<TopicIdPartition, Optional<KafkaException>> results = consumer.commitSync(lock);
            Optional<KafkaException> refusal =
                    results.values().stream().flatMap(Optional::stream).findFirst();
            refusal.ifPresent(e -> log.warn("lock of {} is lost: {}", this, e.toString()));
            return refusal.isEmpty();
        } catch (KafkaException | IllegalStateException e) {
            log.warn("lock of {} is lost: {}", this, e.toString());
            return false;
        }
    }

    private boolean handedOutAgain(long since) {
        try {
            boolean back = false;
            while (!back && System.nanoTime() - since < lock.toNanos()) {
                for (ConsumerRecord<String, byte[]> each : consumer.poll(POLL)) {
                    if (each.partition() == record.partition() && each.offset() == record.offset()) {
                        back = true;
                    } else {
                        consumer.acknowledge(each, AcknowledgeType.RELEASE);
                    }
                }
            }
            return back;
        } catch (KafkaException e) {
            log.warn("lock of {} is lost: {}", this, e.toString());
            return false;
        }
    }

    /** Says what becomes of the record; it is told to the broker by the consumer's next poll, commit or close. */
    void acknowledge(Ack ack) {
        if (!held || ack == Ack.NONE) {
            return;
        }
        held = false;
        consumer.acknowledge(record, type(ack));
    }

    private static AcknowledgeType type(Ack ack) {
        return switch (ack) {
            case ACCEPT -> AcknowledgeType.ACCEPT;
            case RELEASE -> AcknowledgeType.RELEASE;
            case REJECT -> AcknowledgeType.REJECT;
            case NONE -> throw new IllegalArgumentException("nothing to acknowledge");
        };
    }

    @Override
    public String toString() {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }
}
