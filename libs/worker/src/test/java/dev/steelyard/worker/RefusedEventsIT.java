package dev.steelyard.worker;

import static dev.steelyard.proto.v1.JobEvent.KindCase.STARTED;
import static dev.steelyard.proto.v1.JobEvent.KindCase.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.embedded.EmbeddedKafka;
import dev.steelyard.embedded.Topology;
import dev.steelyard.method.Outputs;
import dev.steelyard.proto.Topics;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.RunJob;
import dev.steelyard.worker.sample.hooked.Hooked;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** A broker that refuses each event at once, as it does for want of the right to write, and hands out jobs. */
@SuppressWarnings("NullAway.Init")
class RefusedEventsIT {
    @TempDir
    private Path folder;

    private EmbeddedKafka kafka;
    private TestPlatform platform;
    private ConfigurableApplicationContext worker;

    @BeforeEach
    void start() throws Exception {
        kafka = new EmbeddedKafka(folder.resolve("kafka"), 0).start();
        platform = new TestPlatform(folder.resolve("store"), kafka);
        platform.create(new Topology(Duration.ofSeconds(2), 4));
        worker = platform.worker();
        platform.await(platform.send(platform.job("hooked")), SUCCEEDED);
    }

    @AfterEach
    void stop() {
        platform.close();
        kafka.stop();
    }

    @Test
    void job_stays_with_its_worker_until_it_can_say_that_it_begins() throws Exception {
        refuseEvents(true);
        String job = platform.send(platform.job("hooked"));
        awaitRenewals(3);
        refuseEvents(false);
        assertThat(platform.await(job, SUCCEEDED).getDeliveryCount()).isEqualTo(1);
    }

    @Test
    void result_stays_with_its_worker_until_it_can_be_told() throws Exception {
        RunJob.Builder job = platform.job("hooked");
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        Hooked.job(job.getJobId(), _ -> {
            runs.incrementAndGet();
            end.await();
            return Outputs.of().with("runs", runs.get());
        });
        platform.send(job);
        platform.await(job.getJobId(), STARTED);
        refuseEvents(true);
        end.countDown();
        awaitRenewals(3);
        refuseEvents(false);
        JobEvent succeeded = platform.await(job.getJobId(), SUCCEEDED);
        assertThat(succeeded.getSucceeded().getSummaryJson()).isEqualTo("{\"runs\":1}");
        assertThat(succeeded.getDeliveryCount()).isEqualTo(1);
    }

    @Test
    void results_of_short_jobs_stay_with_their_worker_until_they_can_be_told() throws Exception {
        platform.await(platform.sendShort(platform.job("quick")), SUCCEEDED);
        refuseEvents(true);
        List<String> jobs =
                List.of(platform.sendShort(platform.job("quick")), platform.sendShort(platform.job("quick")));
        awaitRenewals(3);
        refuseEvents(false);
        assertThat(jobs).allSatisfy(job -> {
            JobEvent succeeded = platform.await(job, SUCCEEDED);
            assertThat(succeeded.getDeliveryCount()).isEqualTo(1);
            assertThat(succeeded.getSequence()).isEqualTo(1);
        });
    }

    @Test
    void result_of_a_short_job_whose_first_event_was_refused_is_told_as_the_first() throws Exception {
        refuseEventsFrom(3_000);
        String job = platform.sendShort(platform.job("quick").setParamsJson("{\"letters\": 4000}"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> platform.events(job, SUCCEEDED).stream().anyMatch(event -> event.getSequence() == 1));
        assertThat(platform.events(job)).allSatisfy(event -> {
            assertThat(event.getKindCase()).isEqualTo(SUCCEEDED);
            assertThat(event.getDeliveryCount()).isEqualTo(1);
        });
    }

    private void refuseEvents(boolean refuse) throws Exception {
        if (refuse) {
            refuseEventsFrom(1);
        } else {
            limitEvents(AlterConfigOp.OpType.DELETE, 1);
        }
    }

    /** Of that many bytes and more. */
    private void refuseEventsFrom(int bytes) throws Exception {
        limitEvents(AlterConfigOp.OpType.SET, bytes);
    }

    private void limitEvents(AlterConfigOp.OpType change, int bytes) throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.EVENTS);
        ConfigEntry size = new ConfigEntry("max.message.bytes", String.valueOf(bytes));
        boolean refuse = change == AlterConfigOp.OpType.SET;
        Map<String, Object> client = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (Admin admin = Admin.create(client)) {
            admin.incrementalAlterConfigs(Map.of(topic, List.of(new AlterConfigOp(size, change))))
                    .all()
                    .get();
        }
        KafkaClients clients = new KafkaClients(new KafkaProperties(kafka.bootstrapServers(), Map.of()), "probe");
        try (Producer<String, byte[]> producer = clients.producer("probe")) {
            Awaitility.await().until(() -> isRefused(producer, bytes) == refuse);
        }
    }

    private static boolean isRefused(Producer<String, byte[]> producer, int bytes) throws InterruptedException {
        try {
            producer.send(new ProducerRecord<>(Topics.EVENTS, "probe", new byte[bytes]))
                    .get();
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }

    /** So many more renewals of locks. */
    private void awaitRenewals(int count) {
        MeterRegistry registry = worker.getBean(MeterRegistry.class);
        double before = renewals(registry);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> renewals(registry) >= before + count);
    }

    private static double renewals(MeterRegistry registry) {
        return registry.get("steelyard.worker.lock.renewals").counter().count();
    }
}
