package dev.steelyard.worker;

import static dev.steelyard.proto.v1.JobEvent.KindCase.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.embedded.EmbeddedKafka;
import dev.steelyard.embedded.Topology;
import dev.steelyard.proto.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** A worker that cannot get ready, since there is no topic for its events. */
@SuppressWarnings("NullAway.Init")
class UnpreparedWorkerIT {
    private static final Topology TOPOLOGY = new Topology(Duration.ofSeconds(1), 4);

    @TempDir
    private Path folder;

    private EmbeddedKafka kafka;
    private TestPlatform platform;
    private ConfigurableApplicationContext worker;

    @BeforeEach
    void start() throws Exception {
        kafka = new EmbeddedKafka(folder.resolve("kafka"), 0).start();
        platform = new TestPlatform(folder.resolve("store"), kafka);
        TOPOLOGY.create(kafka.bootstrapServers(), List.of(platform.service()));
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of(Topics.EVENTS)).all().get();
        }
        worker = platform.worker();
    }

    @AfterEach
    void stop() {
        platform.close();
        kafka.stop();
    }

    @Test
    void it_leaves_jobs_to_others_and_does_them_once_it_is_ready() {
        String job = platform.send(platform.job("hooked"));
        String shortJob = platform.sendShort(platform.job("quick"));
        Awaitility.await()
                .during(Duration.ofSeconds(3)) // three locks, and longer than a worker needs to take a job
                .atMost(Duration.ofSeconds(6))
                .until(() -> waitingFor().containsAll(List.of("preparation", "slot-0", "short-slot-0")));
        assertThat(deliveryToAnother(Topics.workerGroup(platform.service()), Topics.jobs(platform.service())))
                .hasValue((short) 1);
        assertThat(deliveryToAnother(Topics.shortWorkerGroup(platform.service()), Topics.shortJobs(platform.service())))
                .hasValue((short) 1);
        platform.create(TOPOLOGY);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> waitingFor().isEmpty());
        assertThat(platform.await(job, SUCCEEDED).getDeliveryCount()).isEqualTo(2);
        assertThat(platform.await(shortJob, SUCCEEDED).getDeliveryCount()).isEqualTo(2);
    }

    @Test
    void it_stops_at_once() {
        Awaitility.await().until(() -> waitingFor().equals(List.of("preparation", "slot-0", "short-slot-0")));
        long asked = System.nanoTime();
        worker.close();
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(5));
    }

    private List<String> waitingFor() {
        return worker.getBean(Worker.class).waitingFor();
    }

    /** Which delivery it is when another member of the group takes the record, and gives it back. */
    private Optional<Short> deliveryToAnother(String group, String topic) {
        KafkaClients clients = new KafkaClients(new KafkaProperties(kafka.bootstrapServers(), Map.of()), "another");
        try (ShareConsumer<String, byte[]> consumer = clients.oneByOne(group, "slot")) {
            consumer.subscribe(List.of(topic));
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            Awaitility.await().pollInSameThread().atMost(Duration.ofSeconds(20)).until(() -> {
                consumer.poll(Duration.ofMillis(500)).forEach(records::add);
                return !records.isEmpty();
            });
            records.forEach(record -> consumer.acknowledge(record, AcknowledgeType.RELEASE));
            consumer.commitSync();
            return records.getFirst().deliveryCount();
        }
    }

    private Admin admin() {
        Map<String, Object> client = Map.of("bootstrap.servers", kafka.bootstrapServers());
        return Admin.create(client);
    }
}
