package dev.steelyard.worker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Makes the Kafka clients of a worker. */
final class KafkaClients {
    /** The thread that sends Started also renews the lock, every five seconds where locks last for 15. */
    private static final Duration MOST_BLOCKED = Duration.ofSeconds(3);

    private final KafkaProperties properties;
    private final String worker;

    KafkaClients(KafkaProperties properties, String worker) {
        this.properties = properties;
        this.worker = worker;
    }

    /** Name of the worker, with which the names of its clients begin. */
    String worker() {
        return worker;
    }

    /** One record at a time, none fetched ahead, so that a job waits only where a slot is free. */
    ShareConsumer<String, byte[]> oneByOne(String group, String client) {
        return shareConsumer(group, client, Map.of("share.acquire.mode", "record_limit", "max.poll.records", 1));
    }

    /** About {@code size} records at a time. */
    ShareConsumer<String, byte[]> inBatches(String group, String client, int size) {
        return shareConsumer(group, client, Map.of("share.acquire.mode", "batch_optimized", "max.poll.records", size));
    }

    private ShareConsumer<String, byte[]> shareConsumer(String group, String client, Map<String, Object> more) {
        Map<String, Object> settings = common(client);
        settings.put("group.id", group);
        settings.put("share.acknowledgement.mode", "explicit");
        settings.putAll(more);
        return new KafkaShareConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /** For reading whole topics from their beginning, without a group. */
    Consumer<String, byte[]> reader(String client) {
        Map<String, Object> settings = common(client);
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        settings.put("default.api.timeout.ms", 10_000);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /** What it confirms is durable, in order and there once. */
    Producer<String, byte[]> producer(String client) {
        Map<String, Object> settings = common(client);
        settings.put("acks", "all");
        settings.put("enable.idempotence", "true");
        settings.put("linger.ms", 0); // jobs wait for their events; records still gather while a request is under way
        settings.put("max.block.ms", (int) MOST_BLOCKED.toMillis());
        return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }

    Admin admin(String client) {
        return Admin.create(common(client));
    }

    private Map<String, Object> common(String client) {
        Map<String, Object> settings = new HashMap<>(properties.properties());
        settings.put("bootstrap.servers", properties.bootstrapServers());
        settings.put("client.id", worker + "-" + client);
        settings.put("enable.metrics.push", "false");
        settings.put("metric.reporters", "");
        return settings;
    }
}
