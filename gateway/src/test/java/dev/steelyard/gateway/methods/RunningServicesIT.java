package dev.steelyard.gateway.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.steelyard.embedded.SharedInfrastructure;
import dev.steelyard.gateway.testing.FakeWorker;
import dev.steelyard.gateway.testing.Rest;
import dev.steelyard.gateway.testing.RunningGateway;
import dev.steelyard.proto.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

class RunningServicesIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void a_service_runs_while_its_share_group_has_a_member() {
        RunningGateway gateway = RunningGateway.shared();
        Rest rest = gateway.rest();
        String path = "/v1/methods/" + RunningGateway.SERVICE + "/idle";
        try (FakeWorker worker = gateway.worker()) {
            worker.announce("idle", _ -> {});
            await().atMost(SOON).until(() -> rest.get(path).status() == 200);
            assertThat(rest.get(path).body().path("running").isBoolean()).isTrue();
            assertThat(rest.get(path).body().path("running").booleanValue()).isFalse();

            try (var member = new KafkaShareConsumer<>(
                    Map.<String, Object>of(
                            "bootstrap.servers",
                            SharedInfrastructure.kafka().bootstrapServers(),
                            "group.id",
                            Topics.workerGroup(RunningGateway.SERVICE)),
                    new StringDeserializer(),
                    new ByteArrayDeserializer())) {
                member.subscribe(List.of(Topics.shortJobs(RunningGateway.SERVICE)));
                await().atMost(SOON).until(() -> {
                    member.poll(Duration.ofMillis(100));
                    return rest.get(path).body().path("running").booleanValue();
                });
                assertThat(rest.get("/v1/methods").body().path("items"))
                        .anySatisfy(method -> assertThat(method.path("running").booleanValue())
                                .isTrue());
            }
            await().atMost(SOON)
                    .until(() -> !rest.get(path).body().path("running").booleanValue());
        }
    }

    @Test
    void a_broker_that_does_not_answer_leaves_it_open() {
        Properties nowhere = new Properties();
        nowhere.put("bootstrap.servers", "127.0.0.1:1");
        try (Admin admin = Admin.create(nowhere)) {
            assertThat(new RunningServices(admin).among(List.of("alpha", "beta")))
                    .isEmpty();
        }
    }
}
