package dev.steelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.Submission;
import dev.steelyard.launcher.ServiceProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers, broker and database are killed, paused and stopped under jobs. */
class LostProcessesIT {
    private static final Duration TAKEOVER = SmallPlatform.LOCK.plusSeconds(5);

    @TempDir
    static Path folder = Path.of("");

    private static SmallPlatform steelyard;

    @BeforeAll
    static void start() {
        steelyard = SmallPlatform.start(folder.resolve("data"), "probe:2");
    }

    @AfterAll
    static void stop() {
        steelyard.close();
    }

    private static Submission steps(int steps, int millis) {
        return Submission.of("probe/steps")
                .param("steps", steps)
                .param("millis", millis)
                .uncached();
    }

    @Test
    void job_of_a_killed_worker_is_finished_by_another_exactly_once() throws Exception {
        Job job = steelyard.submit(steps(20, 200).param("checkpointEvery", 1));
        ServiceProcess worker = steelyard.workerOf(steelyard.running(job, 1));

        SmallPlatform.signal("KILL", worker.pid());
        Instant killed = Instant.now();
        Job ended = steelyard.end(job);

        assertThat(ended.state()).isEqualTo(Job.State.SUCCEEDED);
        assertThat(ended.attempts()).hasSize(2);
        assertThat(ended.attempts()).extracting(Job.Attempt::state).containsOnlyOnce("SUCCEEDED");
        assertThat(ended.attempts()).extracting(Job.Attempt::worker).doesNotHaveDuplicates();
        assertThat(ended.attempts().getLast().startedAt().orElseThrow()).isBefore(killed.plus(TAKEOVER));
        assertThat(ended.outputs()).containsOnlyKeys("numbers");
    }

    @Test
    void job_three_locks_long_is_run_once() {
        long millis = 3 * SmallPlatform.LOCK.toMillis() / 10 + 100;

        Job ended = steelyard.end(steelyard.submit(steps(10, Math.toIntExact(millis))));

        assertThat(ended.state()).isEqualTo(Job.State.SUCCEEDED);
        assertThat(ended.attempts()).hasSize(1);
        assertThat(ended.attempts().getFirst().deliveryCount()).isEqualTo(1);
    }

    @Test
    void late_result_of_a_paused_worker_is_refused() throws Exception {
        Job job = steelyard.submit(steps(12, 250).param("obedience", "never"));
        ServiceProcess zombie = steelyard.workerOf(steelyard.running(job, 1));

        SmallPlatform.signal("STOP", zombie.pid());
        Job second;
        try {
            second = steelyard.running(job, 2);
        } finally {
            SmallPlatform.signal("CONT", zombie.pid());
        }
        Job ended = steelyard.end(job);

        assertThat(ended.state()).isEqualTo(Job.State.SUCCEEDED);
        String winner = second.attempts().getLast().id();
        assertThat(ended.attempts())
                .filteredOn(attempt -> attempt.state().equals("SUCCEEDED"))
                .extracting(Job.Attempt::id)
                .containsExactly(winner);
        // The zombie is fit again, and what it says of its old job changes nothing.
        List<Job> next = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            next.add(steelyard.submit(steps(1, 1_000)));
        }
        next.forEach(one -> assertThat(steelyard.end(one).state()).isEqualTo(Job.State.SUCCEEDED));
        Job still = steelyard.get(job);
        assertThat(still.outputs()).isEqualTo(ended.outputs());
        assertThat(still.finishedAt()).isEqualTo(ended.finishedAt());
    }

    @Test
    void running_job_is_cancelled_within_two_seconds() {
        Job job = steelyard.submit(steps(1_000, 100));
        steelyard.running(job, 1);

        steelyard.client().jobs().cancel(job.id());

        await().atMost(Duration.ofSeconds(2))
                .pollInterval(Duration.ofMillis(25))
                .until(() -> steelyard.get(job).state() == Job.State.CANCELLED);
    }

    @Test
    void restart_of_the_broker_loses_no_job() {
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            jobs.add(steelyard.submit(steps(2, 100).seed(i)));
        }

        steelyard.platform().kafka().stop();
        for (int i = 20; i < 30; i++) {
            jobs.add(steelyard.submit(steps(2, 100).seed(i)));
        }
        steelyard.platform().kafka().start();

        assertAllSucceededOnce(jobs);
    }

    @Test
    void restart_of_the_database_loses_no_job() {
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            jobs.add(steelyard.submit(steps(2, 100).seed(100 + i)));
        }

        steelyard.platform().postgres().stop();
        steelyard.platform().postgres().start();
        for (int i = 0; i < 5; i++) {
            String key = "after-restart-" + i;
            Submission submission = steps(2, 100).seed(200 + i);
            jobs.add(await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptions() // refused while there is no database: tried again under the same key
                    .until(() -> steelyard.client().jobs().submit(submission, key), _ -> true));
        }

        assertAllSucceededOnce(jobs);
    }

    private static void assertAllSucceededOnce(List<Job> jobs) {
        for (Job job : jobs) {
            Job ended = steelyard.end(job);
            assertThat(ended.state()).as(job.id()).isEqualTo(Job.State.SUCCEEDED);
            assertThat(ended.attempts())
                    .as(job.id())
                    .filteredOn(attempt -> attempt.state().equals("SUCCEEDED"))
                    .hasSize(1);
        }
    }
}
