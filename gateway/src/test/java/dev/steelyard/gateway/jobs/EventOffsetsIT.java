package dev.steelyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.steelyard.gateway.testing.FakeWorker;
import dev.steelyard.gateway.testing.RunningGateway;
import dev.steelyard.proto.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class EventOffsetsIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void events_are_projected_to_the_end_of_every_partition_even_where_none_has_come() {
        RunningGateway gateway = RunningGateway.shared();
        EventOffsets offsets = gateway.bean(EventOffsets.class);
        long before = sum(offsets.ask().orElseThrow().ends());
        try (FakeWorker worker = gateway.worker()) {
            worker.send(Topics.EVENTS, UUID.randomUUID().toString(), new byte[] {1});
        }

        await().atMost(SOON).untilAsserted(() -> {
            EventOffsets.Offsets now = offsets.ask().orElseThrow();
            assertThat(sum(now.ends())).isGreaterThan(before);
            assertThat(now.projected()).hasSizeGreaterThan(1).isEqualTo(now.ends());
        });
    }

    @Test
    void a_broker_that_does_not_answer_tells_nothing() {
        try (Admin nowhere = Admin.create(Map.of("bootstrap.servers", (Object) "127.0.0.1:1"))) {
            assertThat(new EventOffsets(nowhere).ask()).isEmpty();
        }
    }

    private static long sum(Map<?, Long> offsets) {
        return offsets.values().stream().mapToLong(Long::longValue).sum();
    }
}
