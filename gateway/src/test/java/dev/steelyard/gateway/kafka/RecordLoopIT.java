package dev.steelyard.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.steelyard.gateway.testing.FakeWorker;
import dev.steelyard.gateway.testing.RunningGateway;
import dev.steelyard.proto.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordLoopIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void batch_whose_handler_failed_comes_again(boolean error) {
        RunningGateway gateway = RunningGateway.shared();
        String mine = "record-loop-" + error;
        List<String> seen = new CopyOnWriteArrayList<>();
        var loop = new RecordLoop(
                mine,
                () -> {
                    var consumer = gateway.bean(KafkaClients.class).consumer(mine, 10);
                    consumer.subscribe(List.of(Topics.SUBMISSION_REPLIES));
                    return consumer;
                },
                true,
                records -> records.forEach(record -> {
                    if (mine.equals(record.key())) {
                        seen.add(new String(record.value(), StandardCharsets.UTF_8));
                        fail(seen.size(), error);
                    }
                }));
        try (FakeWorker worker = gateway.worker();
                loop) {
            worker.send(Topics.SUBMISSION_REPLIES, mine, "one".getBytes(StandardCharsets.UTF_8));
            loop.start();
            await().atMost(SOON).until(() -> seen.size() >= 2);
            worker.send(Topics.SUBMISSION_REPLIES, mine, "two".getBytes(StandardCharsets.UTF_8));
            await().atMost(SOON).until(() -> seen.contains("two"));
        }

        assertThat(seen).containsExactly("one", "one", "two");
    }

    private static void fail(int times, boolean error) {
        if (times == 1 && error) {
            throw new StackOverflowError("for the test");
        }
        if (times == 1) {
            throw new IllegalStateException("for the test");
        }
    }
}
