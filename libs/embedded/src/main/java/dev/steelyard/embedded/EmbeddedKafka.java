package dev.steelyard.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka broker, with its controller, inside this JVM: KRaft, loopback, durable. The folder is formatted on the
 * first start and kept from then on. {@link #stop} and {@link #start} may alternate; the port stays.
 *
 * <p>It uses public but internal classes of the broker, so the broker's version is pinned in the root pom.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedKafka.class);

    /** Long enough for a stalled machine not to be fenced, short enough that a restart after a crash is quick. */
    private static final Duration BROKER_SESSION = Duration.ofSeconds(4);

    private final Path folder;
    private final int port;
    private @Nullable KafkaRaftServer server;

    /**
     * A broker that is not yet running.
     *
     * @param folder where its logs live; made when absent
     * @param port to listen on; 0: a free one is chosen now and kept
     */
    public EmbeddedKafka(Path folder, int port) {
        this.folder = folder.toAbsolutePath();
        this.port = port == 0 ? Ports.free() : port;
    }

    /** "127.0.0.1:port". */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /**
     * Formats the folder if it is new, starts, and returns when clients can connect.
     *
     * @throws EmbeddedException when the port is taken or the folder cannot be used
     */
    public synchronized EmbeddedKafka start() {
        if (server != null) {
            return this;
        }
        if (!Ports.isFree(port)) {
            throw new EmbeddedException("Kafka: port " + port + " of 127.0.0.1 is in use by another process");
        }
        format();
        KafkaRaftServer starting = new KafkaRaftServer(new KafkaConfig(settings(Ports.free()), false), Time.SYSTEM);
        try {
            starting.startup();
        } catch (RuntimeException e) {
            starting.shutdown();
            throw new EmbeddedException("Kafka did not start in " + folder + ": " + e.getMessage(), e);
        }
        server = starting;
        log.info("Kafka listens on {}, data in {}", bootstrapServers(), folder);
        return this;
    }

    /** Stops in an orderly way; nothing happens when it is not running. */
    public synchronized void stop() {
        KafkaRaftServer running = server;
        server = null;
        if (running != null) {
            running.shutdown();
            running.awaitShutdown();
        }
    }

    @Override
    public void close() {
        stop();
    }

    private void format() {
        if (Files.exists(folder.resolve("meta.properties"))) {
            return;
        }
        try (PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            Files.createDirectories(folder);
            new Formatter()
                    .setPrintStream(silent)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(1)
                    .setDirectories(java.util.List.of(folder.toString()))
                    .setMetadataLogDirectory(folder.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .run();
        } catch (IOException e) {
            throw new EmbeddedException("Kafka: cannot write to " + folder + ": " + e.getMessage(), e);
        } catch (Exception e) {
            throw new EmbeddedException("Kafka: cannot format " + folder + ": " + e.getMessage(), e);
        }
    }

    private Map<String, String> settings(int controllerPort) {
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        settings.put("log.dirs", folder.toString());
        settings.put("auto.create.topics.enable", "false");
        // What is acknowledged outlives a power cut: no other broker has a copy of it.
        settings.put("log.flush.interval.messages", "1");
        // A stop hands over, and a crash is noticed, within seconds; else the next start waits for the old session.
        settings.put("controlled.shutdown.enable", "true");
        settings.put("broker.session.timeout.ms", String.valueOf(BROKER_SESSION.toMillis()));
        settings.put("broker.heartbeat.interval.ms", "500");
        settings.putAll(oneBroker());
        settings.putAll(smallFootprint());
        settings.putAll(shareGroups());
        settings.putAll(consumerGroups());
        return settings;
    }

    private static Map<String, String> oneBroker() {
        return Map.of(
                "default.replication.factor", "1",
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "1",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "1",
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1",
                "share.coordinator.state.topic.num.partitions", "1");
    }

    private static Map<String, String> smallFootprint() {
        return Map.of(
                "num.network.threads", "2",
                "num.io.threads", "2",
                "background.threads", "2",
                "num.recovery.threads.per.data.dir", "1",
                "num.replica.fetchers", "1",
                "log.cleaner.dedupe.buffer.size", String.valueOf(8 << 20),
                "message.max.bytes", String.valueOf(4 << 20));
    }

    /** Bounds wide enough for locks of a second in tests; members join without the usual waits. */
    private static Map<String, String> shareGroups() {
        return Map.of(
                "group.initial.rebalance.delay.ms", "0",
                "group.share.min.record.lock.duration.ms", "1000",
                "group.share.max.record.lock.duration.ms", "3600000",
                "group.share.min.heartbeat.interval.ms", "200",
                "group.share.heartbeat.interval.ms", "1000",
                "group.share.min.session.timeout.ms", "1000",
                "group.share.assignment.interval.ms", "100",
                "group.share.initialize.retry.interval.ms", "1000",
                "group.share.max.size", "1000");
    }

    /** A consumer that was killed keeps its partitions from the next one for ten seconds, not for 45. */
    private static Map<String, String> consumerGroups() {
        return Map.of(
                "group.consumer.min.session.timeout.ms", "6000",
                "group.consumer.session.timeout.ms", "10000",
                "group.consumer.min.heartbeat.interval.ms", "1000",
                "group.consumer.heartbeat.interval.ms", "1000");
    }
}
