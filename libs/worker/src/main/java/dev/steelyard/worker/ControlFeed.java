package dev.steelyard.worker;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.steelyard.proto.Topics;
import dev.steelyard.proto.v1.Control;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads all orders that still hold, then follows the new ones. */
final class ControlFeed extends Loop {
    private static final Logger log = LoggerFactory.getLogger(ControlFeed.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaClients clients;
    private final Orders orders;
    private final CountDownLatch caughtUp = new CountDownLatch(1);

    ControlFeed(KafkaClients clients, Orders orders) {
        super("control");
        this.clients = clients;
        this.orders = orders;
    }

    /** Whether every order given before this worker started is known. */
    CountDownLatch caughtUp() {
        return caughtUp;
    }

    @Override
    void work() {
        try (Consumer<String, byte[]> consumer = clients.reader("control")) {
            TopicPartition partition = new TopicPartition(Topics.CONTROL, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (!stopping()) {
                consumer.poll(POLL).forEach(this::take);
                working();
                if (caughtUp.getCount() > 0 && consumer.position(partition) >= end) {
                    caughtUp.countDown();
                }
            }
        }
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            orders.forget(record.key());
            return;
        }
        try {
            orders.obey(Control.parseFrom(record.value()));
        } catch (InvalidProtocolBufferException e) {
            log.warn("{}@{} cannot be read: {}", record.topic(), record.offset(), e.getMessage());
        }
    }
}
