package dev.steelyard.worker;

import static dev.steelyard.proto.v1.JobEvent.KindCase.CANCELLED;
import static dev.steelyard.proto.v1.JobEvent.KindCase.FAILED;
import static dev.steelyard.proto.v1.JobEvent.KindCase.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.embedded.Topology;
import dev.steelyard.proto.Topics;
import dev.steelyard.proto.v1.JobEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Batches of short jobs against a real broker with locks of one second. */
@SuppressWarnings("NullAway.Init")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShortJobsIT {
    private TestPlatform platform;

    @BeforeAll
    void start(@TempDir Path folder) {
        platform = new TestPlatform(folder, new Topology(Duration.ofSeconds(1), 4));
        platform.worker("steelyard.worker.short-timeout=PT1S", "steelyard.worker.short-batch=100");
    }

    @AfterAll
    void stop() {
        platform.close();
    }

    @Test
    void each_job_of_many_gives_one_event_and_it_is_its_result() {
        List<String> jobs = send(1_000, "{\"number\": 21}");
        for (String job : jobs) {
            platform.await(job, SUCCEEDED);
        }
        assertThat(jobs)
                .allSatisfy(job -> assertThat(platform.events(job))
                        .singleElement()
                        .satisfies(event -> assertThat(event.getSucceeded().getSummaryJson())
                                .isEqualTo("{\"doubled\":42}")));
    }

    @Test
    void batch_that_takes_longer_than_its_lock_is_not_redelivered() {
        List<String> jobs = send(30, "{\"millis\": 100}");
        jobs.forEach(job -> platform.await(job, SUCCEEDED));
        String after = platform.sendShort(platform.job("quick"));
        platform.await(after, SUCCEEDED);
        assertThat(jobs)
                .allSatisfy(job -> assertThat(platform.events(job))
                        .hasSize(1)
                        .allSatisfy(
                                event -> assertThat(event.getDeliveryCount()).isEqualTo(1)));
    }

    @Test
    void bad_job_fails_alone() {
        List<String> good = new ArrayList<>(send(20, "{}"));
        String bad = platform.sendShort(platform.job("quick").setParamsJson("{\"number\": -1}"));
        platform.send(Topics.shortJobs(platform.service()), "00000000-0000-4000-8000-00000000000b", new byte[] {-1});
        good.addAll(send(20, "{}"));
        good.forEach(job -> platform.await(job, SUCCEEDED));
        JobEvent failed = platform.await(bad, FAILED);
        assertThat(failed.getFailed().getProblem().getField()).isEqualTo("/number");
        JobEvent poison = platform.await("00000000-0000-4000-8000-00000000000b", FAILED);
        assertThat(poison.getFailed().getProblem().getCode()).isEqualTo("poison");
    }

    @Test
    void job_that_takes_too_long_fails_and_those_after_it_are_run() {
        String slow = platform.sendShort(platform.job("quick").setParamsJson("{\"millis\": 60000}"));
        List<String> after = send(5, "{}");
        JobEvent failed = platform.await(slow, FAILED);
        assertThat(failed.getFailed().getProblem().getCode()).isEqualTo("timeout");
        after.forEach(job -> platform.await(job, SUCCEEDED));
    }

    @Test
    void running_job_is_cancelled() {
        String slow = platform.sendShort(platform.job("quick").setParamsJson("{\"millis\": 900}"));
        platform.cancel(slow);
        platform.await(slow, CANCELLED);
        assertThat(platform.events(slow)).hasSize(1);
    }

    private List<String> send(int count, String params) {
        return IntStream.range(0, count)
                .mapToObj(_ -> platform.sendShort(platform.job("quick").setParamsJson(params)))
                .toList();
    }
}
