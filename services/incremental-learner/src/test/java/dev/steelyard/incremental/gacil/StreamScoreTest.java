package dev.steelyard.incremental.gacil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.method.local.LocalRun;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamScoreTest {
    private static final Labels LABELS =
            new Labels(List.of("kept", "forgotten", "untested", "unseen"), new int[] {0, 0, 1, 1, 3, 3}, false);
    private static final boolean[] SEEN = {true, true, true, false};

    @TempDir
    Path folder;

    @BeforeEach
    void start() {
        Torch.start(2);
    }

    /** Knows every class at first, and only the first one after a task. */
    private static final class Forgetful implements StreamLearner {
        private boolean forgotten;

        @Override
        public String name() {
            return "forgetful";
        }

        @Override
        public void learn(int[] rows) {
            forgotten = true;
        }

        @Override
        public void endTask(int[] rows) {}

        @Override
        public int[] predict(int[] rows) {
            return Arrays.stream(rows)
                    .map(row -> forgotten ? 0 : LABELS.id(row))
                    .toArray();
        }

        @Override
        public void close() {}
    }

    private StreamScore score(StreamLearner learner) {
        return new StreamScore(LocalRun.in(folder), learner, LABELS, new int[] {0, 1, 2, 3, 4, 5});
    }

    @Test
    void what_was_forgotten_is_the_mean_over_classes_that_were_seen_and_can_be_tested() throws Exception {
        Forgetful learner = new Forgetful();
        StreamScore score = score(learner);
        assertThat(score.forgotten()).isZero();

        score.endTask(SEEN);
        learner.learn(new int[0]);
        score.endTask(SEEN);

        assertThat(score.forgotten()).isEqualTo(0.5);
        assertThat(score.describe().path("fLast").asDouble()).isEqualTo(0.5);
    }

    /** The first class is known worse at first, the others come with the last task and have no earlier accuracy. */
    @Test
    void only_ends_of_earlier_tasks_are_compared_with_the_last() throws Exception {
        Forgetful learner = new Forgetful();
        StreamScore score = score(learner);
        boolean[] first = new boolean[SEEN.length];
        first[1] = true;
        score.endTask(first);
        learner.learn(new int[0]);
        score.endTask(SEEN);

        assertThat(score.forgotten()).isEqualTo(1);

        learner.forgotten = false;
        score.endTask(SEEN);

        assertThat(score.forgotten()).as("class 0 and 1 as well as ever").isZero();
    }

    @Test
    void cancelled_measurement_asks_for_nothing() {
        LocalRun job = LocalRun.in(folder);
        StreamScore score = new StreamScore(job, new Forgetful(), LABELS, new int[] {0, 1});
        job.cancel();

        assertThatThrownBy(() -> score.measure(64, SEEN)).isInstanceOf(InterruptedException.class);
        assertThat(score.curve()).isEmpty();
    }

    @Test
    void saved_score_is_continued() throws Exception {
        try (var _ = TensorScope.open()) {
            Forgetful learner = new Forgetful();
            StreamScore before = score(learner);
            before.endTask(SEEN);
            StreamScore after = score(learner);
            after.restore(before.save());
            learner.learn(new int[0]);
            after.endTask(SEEN);

            assertThat(after.forgotten()).isEqualTo(0.5);
        }
    }
}
