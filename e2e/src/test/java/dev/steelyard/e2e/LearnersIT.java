package dev.steelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.Jobs.LogLine;
import dev.steelyard.cli.client.Problem;
import dev.steelyard.cli.client.Publication;
import dev.steelyard.cli.client.Submission;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real training jobs whose worker is killed, and two that change one state at once. */
class LearnersIT {
    private static final int SIDE = 8;

    @TempDir
    static Path folder = Path.of("");

    private static SmallPlatform steelyard;
    private static String images = "";

    @BeforeAll
    static void start() throws IOException {
        steelyard = SmallPlatform.start(folder.resolve("data"), "incremental-learner:2");
        images = steelyard
                .client()
                .artifacts()
                .upload(draw().toRealPath(), "dataset", (_, _, _) -> {})
                .id();
    }

    @AfterAll
    static void stop() {
        steelyard.close();
    }

    /** Three classes: a bright row at another height each, under noise. */
    private static Path draw() throws IOException {
        Random random = new Random(5);
        Path root = folder.resolve("images");
        for (int label = 0; label < 3; label++) {
            Path target = Files.createDirectories(root.resolve("class-" + label));
            for (int i = 0; i < 100; i++) {
                var image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
                for (int at = 0; at < SIDE * SIDE; at++) {
                    int bright = at / SIDE == 2 * label + 1 ? 120 : 0;
                    image.getRaster().setSample(at % SIDE, at / SIDE, 0, bright + random.nextInt(130));
                }
                ImageIO.write(image, "png", target.resolve(i + ".png").toFile());
            }
        }
        return root;
    }

    @Test
    void training_whose_worker_is_killed_ends_with_the_weights_of_one_that_ran_through() throws Exception {
        Submission training = Submission.of("incremental-learner/adamp")
                .param("hidden", List.of(64, 64))
                .param("batch", 16)
                .param("epochs", 100) // 15 steps each, a state every 200 steps
                .input("data", images)
                .uncached();
        Job job = steelyard.submit(training);
        Job running = await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .until(
                        () -> steelyard.get(job),
                        now -> now.progress()
                                .filter(progress -> progress.fraction() > 0.2)
                                .isPresent());
        SmallPlatform.signal("KILL", steelyard.workerOf(running).pid());

        Job ended = steelyard.end(job);
        Job through = steelyard.end(steelyard.submit(training));

        assertThat(ended.state()).isEqualTo(Job.State.SUCCEEDED);
        assertThat(ended.attempts()).hasSize(2);
        assertThat(steelyard.client().jobs().logs(job.id()))
                .extracting(LogLine::message)
                .anyMatch(line -> line.startsWith("continues after step "));
        assertThat(through.attempts()).hasSize(1);
        assertThat(ended.outputs()).isEqualTo(through.outputs()).containsOnlyKeys("model", "report");
    }

    @Test
    void of_two_jobs_that_change_one_state_the_later_fails_and_names_the_newer_version() {
        Submission learn = Submission.of("incremental-learner/g-acil")
                .param("expansion", 256)
                .input("data", images)
                .publish(new Publication("state", "learner", Optional.of(0)))
                .uncached();
        Job first = steelyard.end(steelyard.submit(learn));
        assertThat(first.state()).isEqualTo(Job.State.SUCCEEDED);

        Submission more =
                learn.input("state", "learner:1").publish(new Publication("state", "learner", Optional.of(1)));
        List<Job> together = List.of(steelyard.submit(more.seed(1)), steelyard.submit(more.seed(2))).stream()
                .map(steelyard::end)
                .toList();

        assertThat(together).extracting(Job::state).containsExactlyInAnyOrder(Job.State.SUCCEEDED, Job.State.FAILED);
        Job lost = together.stream()
                .filter(job -> job.state() == Job.State.FAILED)
                .findFirst()
                .orElseThrow();
        Problem problem = lost.problem().orElseThrow();
        assertThat(problem.code()).isEqualTo("version-conflict");
        assertThat(problem.detail()).contains("model 'learner' is at version 2", "start again from learner:2");
        assertThat(steelyard.client().models().get("learner").versions()).hasSize(2);

        Submission again =
                learn.input("state", "learner:2").publish(new Publication("state", "learner", Optional.of(2)));
        assertThat(steelyard.end(steelyard.submit(again)).state()).isEqualTo(Job.State.SUCCEEDED);
        assertThat(steelyard.client().models().get("learner").versions()).hasSize(3);
    }
}
