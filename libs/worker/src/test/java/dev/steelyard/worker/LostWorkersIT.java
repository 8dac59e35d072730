package dev.steelyard.worker;

import static dev.steelyard.proto.v1.JobEvent.KindCase.ABANDONED;
import static dev.steelyard.proto.v1.JobEvent.KindCase.STARTED;
import static dev.steelyard.proto.v1.JobEvent.KindCase.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.embedded.Topology;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.JobEvent.Abandoned.Reason;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers in processes of their own that are killed or paused in the middle of a job. */
class LostWorkersIT {
    private static final Duration LOCK = Duration.ofSeconds(2);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void job_of_a_killed_worker_is_run_by_another_within_one_lock() {
        try (TestPlatform platform = new TestPlatform(folder, Topology.standard())) {
            Process first = platform.process("steelyard.worker.name=first");
            String job = platform.send(platform.job("napper").setParamsJson("{\"millis\": 2500}"));
            assertThat(platform.await(job, STARTED).getWorker()).isEqualTo("first");
            platform.worker("steelyard.worker.name=second");
            first.destroyForcibly();
            long killed = System.nanoTime();
            platform.await(job, STARTED, 2);
            assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(15));
            JobEvent succeeded = platform.await(job, SUCCEEDED);
            assertThat(succeeded.getWorker()).isEqualTo("second");
            assertThat(platform.events(job, STARTED)).hasSize(2);
        }
    }

    @Test
    void result_of_a_worker_paused_for_longer_than_its_lock_is_dropped() throws Exception {
        try (TestPlatform platform =
                new TestPlatform(folder, Topology.standard().withLock(LOCK))) {
            Process zombie = platform.process("steelyard.worker.name=zombie");
            String job = platform.send(platform.job("napper").setParamsJson("{\"millis\": 3000}"));
            platform.await(job, STARTED);
            Awaitility.await().until(() -> !platform.leftovers(job).isEmpty());
            signal("STOP", zombie);
            platform.worker("steelyard.worker.name=second");
            platform.await(job, SUCCEEDED);
            signal("CONT", zombie);
            JobEvent abandoned = platform.await(job, ABANDONED);
            assertThat(abandoned.getWorker()).isEqualTo("zombie");
            assertThat(abandoned.getAbandoned().getReason()).isEqualTo(Reason.LOCK_LOST);
            assertThat(platform.events(job, SUCCEEDED))
                    .singleElement()
                    .satisfies(event -> assertThat(event.getWorker()).isEqualTo("second"));
            Awaitility.await().until(() -> platform.leftovers(job).isEmpty());
        }
    }

    private static void signal(String name, Process process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }
}
