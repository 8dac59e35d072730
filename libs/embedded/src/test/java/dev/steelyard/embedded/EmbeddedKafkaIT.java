package dev.steelyard.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.proto.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {

    @TempDir
    Path folder;

    @Test
    void records_topics_and_group_settings_survive_a_restart_on_the_same_folder() throws Exception {
        try (EmbeddedKafka kafka = new EmbeddedKafka(folder.resolve("kafka"), 0)) {
            kafka.start();
            Topology.standard().withLock(Duration.ofSeconds(2)).create(kafka.bootstrapServers(), List.of("alpha"));
            send(kafka, Topics.jobs("alpha"), "before");

            kafka.stop();
            kafka.start();

            send(kafka, Topics.jobs("alpha"), "after");
            assertThat(lockOf(kafka, Topics.workerGroup("alpha"))).isEqualTo("2000");
            assertThat(take(kafka, Topics.jobs("alpha"), Topics.workerGroup("alpha"), 2))
                    .containsExactlyInAnyOrder("before", "after");
        }
    }

    @Test
    void records_are_synced_before_they_are_acknowledged() throws Exception {
        EmbeddedKafka kafka = SharedInfrastructure.kafka();
        Topology.standard().create(kafka.bootstrapServers(), List.of("alpha"));

        try (Admin admin = admin(kafka)) {
            List<ConfigResource> topics = List.of(
                    new ConfigResource(ConfigResource.Type.TOPIC, Topics.jobs("alpha")),
                    new ConfigResource(ConfigResource.Type.TOPIC, Topics.EVENTS));
            assertThat(admin.describeConfigs(topics).all().get(10, TimeUnit.SECONDS))
                    .allSatisfy((_, config) ->
                            assertThat(config.get("flush.messages").value()).isEqualTo("1"));
        }
    }

    @Test
    void topology_can_be_created_again_and_extended() throws Exception {
        EmbeddedKafka kafka = SharedInfrastructure.kafka();
        Topology.standard().create(kafka.bootstrapServers(), List.of("alpha"));
        Topology.standard().withLock(Duration.ofSeconds(1)).create(kafka.bootstrapServers(), List.of("alpha", "beta"));

        try (Admin admin = admin(kafka)) {
            Set<String> names = admin.listTopics().names().get(10, TimeUnit.SECONDS);
            assertThat(names)
                    .contains(
                            Topics.EVENTS,
                            Topics.CONTROL,
                            Topics.METHODS,
                            Topics.SUBMISSIONS,
                            Topics.SUBMISSION_REPLIES,
                            Topics.jobs("alpha"),
                            Topics.shortJobs("alpha"),
                            Topics.jobs("beta"));
        }
        assertThat(lockOf(kafka, Topics.workerGroup("alpha"))).isEqualTo("1000");
    }

    @Test
    void a_taken_port_is_named_in_the_error() {
        EmbeddedKafka running = SharedInfrastructure.kafka();
        try (EmbeddedKafka second = new EmbeddedKafka(folder.resolve("second"), running.port())) {
            assertThatThrownBy(second::start)
                    .isInstanceOf(EmbeddedException.class)
                    .hasMessageContaining("port " + running.port());
        }
    }

    private static void send(EmbeddedKafka kafka, String topic, String value) throws Exception {
        Map<String, Object> settings = Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        try (Producer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, value)).get(10, TimeUnit.SECONDS);
        }
    }

    private static Collection<String> take(EmbeddedKafka kafka, String topic, String group, int count) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.bootstrapServers(),
                ConsumerConfig.GROUP_ID_CONFIG,
                group);
        try (ShareConsumer<String, String> consumer =
                new KafkaShareConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            List<String> taken = new java.util.ArrayList<>();
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                for (ConsumerRecord<String, String> next : consumer.poll(Duration.ofMillis(200))) {
                    taken.add(next.value());
                }
                return taken.size() >= count;
            });
            return taken;
        }
    }

    private static String lockOf(EmbeddedKafka kafka, String group) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        try (Admin admin = admin(kafka)) {
            Config config = admin.describeConfigs(List.of(resource))
                    .all()
                    .get(10, TimeUnit.SECONDS)
                    .getOrDefault(resource, new Config(List.of()));
            return config.get("share.record.lock.duration.ms").value();
        }
    }

    private static Admin admin(EmbeddedKafka kafka) {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }
}
