package dev.steelyard.gateway.methods;

import dev.steelyard.gateway.kafka.KafkaClients;
import dev.steelyard.gateway.kafka.RecordLoop;
import dev.steelyard.proto.Topics;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Reads all announcements from the compacted topic, then follows it. Of what is there at the start only each method's
 * newest counts: an older one never becomes current again, and a version that workers were rolled back to is the newest.
 */
@Component
class MethodAnnouncements implements SmartLifecycle {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(500);

    private final MethodRegistry registry;
    private final RecordLoop loop;
    private volatile boolean running;

    MethodAnnouncements(KafkaClients clients, MethodRegistry registry) {
        this.registry = registry;
        loop = new RecordLoop(
                "method-announcements",
                () -> atTheEnd(clients),
                false,
                records -> records.forEach(record -> {
                    if (record.value() != null) {
                        registry.announced(record.value());
                    }
                }));
    }

    private KafkaConsumer<String, byte[]> atTheEnd(KafkaClients clients) {
        KafkaConsumer<String, byte[]> consumer = clients.consumer("", 500);
        try {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.METHODS, PATIENCE).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            newest(consumer, consumer.endOffsets(partitions, PATIENCE)).forEach(registry::announced);
            return consumer;
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /** The last announcement under each key, once the consumer has come to the given ends. */
    private Iterable<byte[]> newest(KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
        Map<String, byte[]> newest = new LinkedHashMap<>();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey(), PATIENCE) < end.getValue())) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                if (record.value() == null) {
                    newest.remove(record.key());
                } else {
                    newest.put(record.key(), record.value());
                }
            }
            if (!running) {
                throw new WakeupException();
            }
        }
        return newest.values();
    }

    @Override
    public void start() {
        running = true;
        loop.start();
    }

    @Override
    public void stop() {
        running = false;
        loop.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
