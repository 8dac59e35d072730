package dev.steelyard.gateway.methods;

import dev.steelyard.gateway.kafka.KafkaClients;
import dev.steelyard.gateway.kafka.RecordLoop;
import dev.steelyard.proto.Topics;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Reads all announcements from the compacted topic, then follows it. */
@Component
class MethodAnnouncements implements SmartLifecycle {
    private final RecordLoop loop;
    private volatile boolean running;

    MethodAnnouncements(KafkaClients clients, MethodRegistry registry) {
        loop = new RecordLoop(
                "method-announcements",
                () -> fromTheBeginning(clients),
                false,
                records -> records.forEach(record -> {
                    if (record.value() != null) {
                        registry.announced(record.value());
                    }
                }));
    }

    private static KafkaConsumer<String, byte[]> fromTheBeginning(KafkaClients clients) {
        KafkaConsumer<String, byte[]> consumer = clients.consumer("", 500);
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.METHODS, Duration.ofSeconds(10)).stream()
                .map(p -> new TopicPartition(p.topic(), p.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
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
