package dev.steelyard.worker;

import dev.steelyard.embedded.Children;
import dev.steelyard.embedded.EmbeddedKafka;
import dev.steelyard.embedded.SharedInfrastructure;
import dev.steelyard.embedded.Topology;
import dev.steelyard.proto.Headers;
import dev.steelyard.proto.Topics;
import dev.steelyard.proto.v1.Control;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.MethodAnnouncement;
import dev.steelyard.proto.v1.RunJob;
import dev.steelyard.worker.sample.SampleApplication;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The gateway's side of one service: sends jobs and orders, hears events. A service name of its own per test. */
final class TestPlatform implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String bootstrap;
    private final String service = "svc-" + UUID.randomUUID().toString().substring(0, 8);
    private final KafkaClients clients;
    private final Producer<String, byte[]> producer;
    private final Map<String, List<ConsumerRecord<String, byte[]>>> events = new ConcurrentHashMap<>();
    private final List<ConfigurableApplicationContext> workers = new ArrayList<>();
    private final Children children = new Children();
    private final List<Process> processes = new ArrayList<>();
    private final Path store;
    private final EventReader reader = new EventReader();

    /** On the shared broker, which runs. */
    TestPlatform(Path store, Topology topology) {
        this(store, SharedInfrastructure.kafka());
        create(topology);
    }

    /** On a broker that perhaps does not run yet; {@link #create} is to be called when it does. */
    TestPlatform(Path store, EmbeddedKafka kafka) {
        this.store = store;
        this.bootstrap = kafka.bootstrapServers();
        this.clients =
                new KafkaClients(new KafkaProperties(bootstrap, Map.of("reconnect.backoff.max.ms", "200")), "test");
        this.producer = clients.producer(service);
    }

    /** Makes the topics and begins to listen. */
    void create(Topology topology) {
        topology.create(bootstrap, List.of(service));
        reader.start();
    }

    String service() {
        return service;
    }

    String bootstrap() {
        return bootstrap;
    }

    Path store() {
        return store;
    }

    /** Starts a worker in this JVM. */
    ConfigurableApplicationContext worker(String... properties) {
        ConfigurableApplicationContext worker = new SpringApplicationBuilder(SampleApplication.class)
                .web(WebApplicationType.NONE)
                .properties(settings(properties))
                .run();
        workers.add(worker);
        return worker;
    }

    /** Starts a worker in a JVM of its own, which is killed at the latest when this platform is closed. */
    Process process(String... properties) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
                SampleApplication.class.getName()));
        settings(properties).forEach((name, value) -> command.add("--" + name + "=" + value));
        command.add("--server.port=0");
        Process process = children.start(new ProcessBuilder(command).inheritIO());
        processes.add(process);
        return process;
    }

    Map<String, Object> settings(String... properties) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("spring.application.name", service);
        settings.put("steelyard.kafka.bootstrap-servers", bootstrap);
        settings.put("steelyard.kafka.properties.reconnect.backoff.max.ms", "200");
        settings.put("steelyard.store.path", store.toString());
        settings.put("steelyard.worker.slots", "1");
        settings.put("steelyard.worker.grace", "PT1S");
        for (String property : properties) {
            int equals = property.indexOf('=');
            settings.put(property.substring(0, equals), property.substring(equals + 1));
        }
        return settings;
    }

    /** A job of a sample method, not yet sent. */
    RunJob.Builder job(String method) {
        return RunJob.newBuilder()
                .setJobId(UUID.randomUUID().toString())
                .setDispatch(1)
                .setMethod(service + "/" + method)
                .setMethodVersion("1")
                .setParamsJson("{}")
                .setSeed(7);
    }

    String send(RunJob.Builder job) {
        return send(Topics.jobs(service), job.getJobId(), job.build().toByteArray());
    }

    String sendShort(RunJob.Builder job) {
        return send(Topics.shortJobs(service), job.getJobId(), job.build().toByteArray());
    }

    String send(String topic, String key, byte[] value) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, key, value);
        record.headers().add(Headers.TRACE_PARENT, ("00-trace-of-" + key).getBytes(StandardCharsets.UTF_8));
        var _ = producer.send(record);
        return key;
    }

    void order(Control order) {
        send(Topics.CONTROL, order.getJobId(), order.toByteArray());
    }

    void cancel(String jobId) {
        order(Control.newBuilder()
                .setJobId(jobId)
                .setCancel(Control.Cancel.newBuilder()
                        .setReason("as the test wishes")
                        .setDispatch(1))
                .build());
    }

    List<JobEvent> events(String jobId) {
        return records(jobId).stream().map(TestPlatform::event).toList();
    }

    List<ConsumerRecord<String, byte[]>> records(String jobId) {
        return List.copyOf(events.getOrDefault(jobId, List.of()));
    }

    List<JobEvent> events(String jobId, JobEvent.KindCase kind) {
        return events(jobId).stream().filter(e -> e.getKindCase() == kind).toList();
    }

    /** Waits for an event of that kind and returns the first. */
    JobEvent await(String jobId, JobEvent.KindCase kind) {
        return await(jobId, kind, 1);
    }

    /** Waits for so many events of that kind and returns the last of them. */
    JobEvent await(String jobId, JobEvent.KindCase kind, int count) {
        if (events(jobId, kind).size() >= count) {
            return events(jobId, kind).get(count - 1);
        }
        Awaitility.await("event " + kind + " of job " + jobId)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> events(jobId, kind).size() >= count);
        return events(jobId, kind).get(count - 1);
    }

    /** What the service has announced. */
    List<MethodAnnouncement> announcements() throws Exception {
        List<MethodAnnouncement> found = new ArrayList<>();
        try (Consumer<String, byte[]> consumer = clients.reader(service + "-methods")) {
            TopicPartition partition = new TopicPartition(Topics.METHODS, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    MethodAnnouncement announcement = MethodAnnouncement.parseFrom(record.value());
                    if (announcement.getService().equals(service)) {
                        found.add(announcement);
                    }
                }
            }
        }
        return found;
    }

    /** Folders in which attempts at the job were building something, and which are still there. */
    List<Path> leftovers(String jobId) throws IOException {
        try (Stream<Path> building = Files.walk(store.resolve("building"))) {
            return building.filter(path -> path.getFileName().toString().startsWith(jobId))
                    .toList();
        }
    }

    @Override
    public void close() {
        workers.forEach(ConfigurableApplicationContext::close);
        processes.forEach(Process::destroyForcibly);
        reader.stop();
        producer.close();
    }

    private static JobEvent event(ConsumerRecord<String, byte[]> record) {
        try {
            return JobEvent.parseFrom(record.value());
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError("a worker sent what is no event", e);
        }
    }

    private final class EventReader extends Loop {
        EventReader() {
            super("events");
        }

        @Override
        void work() {
            try (Consumer<String, byte[]> consumer = clients.reader(service + "-events")) {
                List<TopicPartition> partitions = consumer.partitionsFor(Topics.EVENTS).stream()
                        .map(p -> new TopicPartition(p.topic(), p.partition()))
                        .toList();
                events.clear();
                consumer.assign(partitions);
                consumer.seekToBeginning(partitions);
                while (!stopping()) {
                    for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                        events.computeIfAbsent(record.key(), _ -> new CopyOnWriteArrayList<>())
                                .add(record);
                    }
                }
            }
        }
    }
}
