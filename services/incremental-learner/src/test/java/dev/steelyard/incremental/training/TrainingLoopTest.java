package dev.steelyard.incremental.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.method.MethodException;
import dev.steelyard.method.local.LocalRun;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.DataLoader;
import dev.steelyard.tensor.train.Decay;
import dev.steelyard.tensor.train.Momentum;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.ParameterGroup;
import dev.steelyard.tensor.train.Schedule;
import dev.steelyard.tensor.train.Sgd;
import dev.steelyard.tensor.train.Shuffle;
import dev.steelyard.tensor.train.SparseAdamW;
import dev.steelyard.tensor.train.SparseParameter;
import dev.steelyard.tensor.train.TrainingState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A weight of 1 whose gradient is 1,000. */
class TrainingLoopTest {
    private final ParameterStore store = new ParameterStore();
    private final DataLoader<int[]> loader = new DataLoader<>(items -> items, new Shuffle(8, 1), 1, 1);
    private final List<Long> taken = new ArrayList<>();

    @TempDir
    Path folder;

    private LocalRun job;
    private Tensor weight;
    private Optimizer optimizer;

    @BeforeAll
    static void start() {
        Torch.start(2);
    }

    @BeforeEach
    void begin() {
        job = LocalRun.in(folder);
        weight = store.parameter("w", () -> torch.ones(1));
        optimizer =
                new Sgd(List.of(ParameterGroup.of(store.parameters(), 0)), new Momentum(0, 0, false), Decay.COUPLED);
    }

    private void train(TrainingPlan plan) throws Exception {
        train(plan, Learner.Observer.NONE);
    }

    private void train(TrainingPlan plan, Learner.Observer observer) throws Exception {
        var learner = new Learner<int[]>("loss", store.parameters(), optimizer, this::loss, observer);
        var state = new TrainingState().with("model", store);
        new TrainingLoop<>(job, plan, loader, List.of(learner), state).run();
    }

    private Tensor loss(int[] batch) {
        taken.add(loader.position());
        return weight.mul(new Scalar(1000.0 * batch.length)).sum();
    }

    private static TrainingPlan plan(long steps, double learningRate) {
        return TrainingPlan.of(steps, learningRate, new Schedule.Constant());
    }

    @Test
    void each_batch_of_a_step_is_used_before_the_next_is_taken() throws Exception {
        train(plan(2, 0.001).accumulate(4));

        assertThat(taken).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(weight.item_double()).isCloseTo(-1, within(1e-6));
    }

    @Test
    void job_is_cancelled_between_the_batches_of_a_step() {
        job.cancelAfter(3);

        assertThatThrownBy(() -> train(plan(1, 0.001).accumulate(1000))).isInstanceOf(InterruptedException.class);
        assertThat(taken).hasSize(3);
    }

    @Test
    void weights_that_the_last_step_made_infinite_are_refused() {
        assertThatThrownBy(() -> train(plan(1, 1e38)))
                .isInstanceOf(MethodException.class)
                .hasMessage("w is not finite after step 1; lower the learning rate or look for bad values in the data");
        assertThat(job.restore()).isEmpty();
    }

    @Test
    void weights_that_an_observer_finds_to_be_no_numbers_are_refused_naming_the_step() {
        var looking = new Learner.Observer() {
            @Override
            public void afterUpdate(long step, double loss) {
                try (var entries = new SparseParameter("w", weight.detach().view(1, 1), new int[] {0});
                        var sparse = new SparseAdamW(List.of(entries), new AdamMoments(0.9, 0.95, 1e-6, false), 0)) {
                    sparse.requireFinite();
                }
            }
        };

        assertThatThrownBy(() -> train(plan(3, 1e38), looking))
                .isInstanceOf(MethodException.class)
                .hasMessage("w is not finite, at step 1; lower the learning rate or look for bad values in the data");
    }

    @AfterEach
    void close() {
        loader.close();
        optimizer.close();
        store.close();
    }
}
