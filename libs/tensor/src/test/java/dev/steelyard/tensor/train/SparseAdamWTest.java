package dev.steelyard.tensor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparseAdamWTest {
    private static final Torch ENGINE = Torch.start(2);
    private static final AdamMoments MOMENTS = new AdamMoments(0.9, 0.95, 1e-6, false);
    private static final int ROWS = 24;
    private static final int COLUMNS = 17;

    private final TensorScope scope = TensorScope.open();
    private final RandomTensors random = new RandomTensors(ENGINE, 3);
    private final Tensor x = random.normal(1, 32, COLUMNS);
    private final Tensor target = random.normal(1, 32, ROWS);

    @AfterEach
    void closeAll() {
        scope.close();
        random.close();
    }

    @Test
    void entries_that_are_not_chosen_stay_bit_for_bit() {
        Tensor w = random.normal(1, ROWS, COLUMNS);
        float[] before = Tensors.toFloats(w);
        int[] chosen = every(7, 3);
        try (var parameter = new SparseParameter("w", w, chosen);
                var optimizer = new SparseAdamW(List.of(parameter), MOMENTS, 0.01)) {
            double first = train(optimizer, parameter, 40);
            assertThat(loss(parameter).item_double()).isLessThan(first);
        }

        assertThat(changed(before, Tensors.toFloats(w)))
                .containsExactlyElementsOf(IntStream.of(chosen).boxed().toList());
    }

    @Test
    void all_entries_together_move_as_with_dense_adamw() {
        Tensor w = random.normal(1, ROWS, COLUMNS);
        Tensor dense = w.clone().requires_grad_(true);
        Tensor m = torch.zeros_like(w);
        Tensor v = torch.zeros_like(w);
        try (var parameter = new SparseParameter("w", w, every(1, 0));
                var optimizer = new SparseAdamW(List.of(parameter), MOMENTS, 0)) {
            for (int t = 1; t <= 20; t++) {
                optimizer.clearGradients();
                loss(parameter).backward();
                optimizer.step(0.01);

                dense.mutable_grad().reset();
                objective(dense).backward();
                try (var _ = NoGrad.begin()) {
                    Tensor g = dense.grad();
                    m.mul_(new Scalar(0.9)).add_(g, new Scalar(0.1));
                    v.mul_(new Scalar(0.95)).addcmul_(g, g, new Scalar(0.05));
                    double step = 0.01 * Math.sqrt(1 - Math.pow(0.95, t)) / (1 - Math.pow(0.9, t));
                    dense.addcdiv_(m, v.sqrt().add_(new Scalar(1e-6)), new Scalar(-step));
                }
            }
            assertThat(optimizer.stateBytes()).isEqualTo(8L * ROWS * COLUMNS);
        }

        assertThat(Tensors.toFloats(w)).containsExactly(Tensors.toFloats(dense), within(1e-6f));
    }

    /** 40,000 entries are shared out among threads. */
    @Test
    void many_entries_land_where_they_belong() {
        Tensor w = random.normal(1, 300, 400);
        float[] expected = Tensors.toFloats(w);
        int[] chosen =
                IntStream.range(0, expected.length).filter(i -> i % 3 == 1).toArray();
        try (var parameter = new SparseParameter("w", w, chosen);
                var optimizer = new SparseAdamW(List.of(parameter), MOMENTS, 0)) {
            parameter.attached().mul(w.clone()).sum().backward();
            optimizer.step(0.1);
            float[] values = state(optimizer, "values");
            for (int i = 0; i < chosen.length; i++) {
                assertThat(values[i]).isNotEqualTo(expected[chosen[i]]);
                expected[chosen[i]] = values[i];
            }
        }

        assertThat(Tensors.toFloats(w)).isEqualTo(expected);
    }

    @Test
    void decay_comes_after_the_step_and_touches_chosen_entries_alone() {
        Tensor w = Tensors.of(new float[] {2, 3}, 1, 2);
        try (var parameter = new SparseParameter("w", w, new int[] {1});
                var optimizer = new SparseAdamW(List.of(parameter), MOMENTS, 0.5)) {
            parameter.attached().sum().backward();
            optimizer.step(0.1);
        }

        // m/(1−β₁) = 1 and √v/√(1−β₂) = 1: a first step of η, ε aside
        assertThat(Tensors.toFloats(w)).containsExactly(new float[] {2, (3 - 0.1f) * (1 - 0.05f)}, within(1e-5f));
    }

    @Test
    void moments_stay_with_an_entry_while_it_is_chosen() {
        Tensor w = random.normal(1, ROWS, COLUMNS);
        try (var parameter = new SparseParameter("w", w, new int[] {2, 5, 9, 300});
                var optimizer = new SparseAdamW(List.of(parameter), MOMENTS, 0)) {
            train(optimizer, parameter, 5);
            float[] values = state(optimizer, "values");
            float[] m = state(optimizer, "exp_avg");
            float[] v = state(optimizer, "exp_avg_sq");
            float[] trained = Tensors.toFloats(w);

            assertThat(optimizer.move("w", new int[] {3, 5, 300, 301})).isEqualTo(2);

            assertThat(state(optimizer, "exp_avg")).containsExactly(0, m[1], m[3], 0);
            assertThat(state(optimizer, "exp_avg_sq")).containsExactly(0, v[1], v[3], 0);
            assertThat(state(optimizer, "values")).containsExactly(trained[3], values[1], values[3], trained[301]);
            assertThat(Tensors.toFloats(w)).isEqualTo(trained);
            assertThat(state(optimizer, "step")).containsExactly(5);

            train(optimizer, parameter, 1);
            float[] after = Tensors.toFloats(w);
            assertThat(changed(trained, after)).containsExactly(3, 5, 300, 301);
            // the count goes on: (1−β₁)/√(1−β₂) of a first step, times √(1−β₂⁶)/(1−β₁⁶)
            double warm = 0.1 / Math.sqrt(0.05) * Math.sqrt(1 - Math.pow(0.95, 6)) / (1 - Math.pow(0.9, 6));
            assertThat(Math.abs(after[3] - trained[3])).isCloseTo((float) (0.01 * warm), within(1e-5f));
        }
    }

    @Test
    void steps_too_small_for_sixteen_bits_add_up_in_the_master_copy() {
        Tensor w = torch.ones(1, 2).to(ScalarType.BFloat16);
        try (var parameter = new SparseParameter("w", w, new int[] {0});
                var optimizer = new SparseAdamW(List.of(parameter), MOMENTS, 0)) {
            for (int step = 0; step < 100; step++) {
                optimizer.clearGradients();
                parameter.attached().to(ScalarType.Float).sum().backward();
                optimizer.step(1e-4);
                if (step == 0) {
                    assertThat(Tensors.toFloats(w)).as("1 − 1e-4 rounds to 1").containsExactly(1, 1);
                }
            }
            assertThat(state(optimizer, "values")[0]).isCloseTo(0.99f, within(1e-4f));
            assertThat(Tensors.toFloats(w)[0]).isCloseTo(0.99f, within(0.004f)).isLessThan(1);
            optimizer.move("w", new int[] {0});
            assertThat(state(optimizer, "values")[0])
                    .as("the master is carried, not read back")
                    .isCloseTo(0.99f, within(1e-4f))
                    .isNotEqualTo(Tensors.toFloats(w)[0]);
        }
    }

    @Test
    void run_continued_after_a_move_ends_with_the_same_bits(@TempDir Path folder) throws Exception {
        Tensor w = random.normal(1, ROWS, COLUMNS);
        Tensor twin = w.clone();
        float[] straight;
        try (var parameter = new SparseParameter("w", w, every(3, 0));
                var optimizer = new SparseAdamW(List.of(parameter), MOMENTS, 0)) {
            train(optimizer, parameter, 4);
            optimizer.move("w", every(3, 1));
            train(optimizer, parameter, 3);
            TensorFile.write(folder.resolve("state"), optimizer.state(), Map.of());
            twin.copy_(w);
            train(optimizer, parameter, 6);
            straight = Tensors.toFloats(w);
        }
        try (var parameter = new SparseParameter("w", twin, every(3, 0));
                var optimizer = new SparseAdamW(List.of(parameter), MOMENTS, 0)) {
            optimizer.restore(TensorFile.read(folder.resolve("state")));
            train(optimizer, parameter, 6);
        }

        assertThat(Tensors.toFloats(twin)).isEqualTo(straight);
    }

    @Test
    void gradients_of_several_batches_add_up_and_no_dense_one_is_kept() {
        Tensor w = random.normal(1, ROWS, COLUMNS);
        try (var parameter = new SparseParameter("w", w, new int[] {1, 40})) {
            loss(parameter).backward();
            float[] once = Tensors.toFloats(parameter.values().value().grad());
            loss(parameter).backward();

            assertThat(Tensors.toFloats(parameter.values().value().grad()))
                    .containsExactly(new float[] {2 * once[0], 2 * once[1]}, within(1e-6f));
            assertThat(w.requires_grad()).isFalse();
            assertThat(w.grad().defined()).isFalse();
        }
    }

    @Test
    void wrong_indices_and_states_are_refused() {
        Tensor w = random.normal(1, ROWS, COLUMNS);
        assertThatThrownBy(() -> new SparseParameter("w", w, new int[] {5, 5}))
                .hasMessage("w: expected ascending indices below 408, found 5 at 1");
        assertThatThrownBy(() -> new SparseParameter("w", w, new int[] {408})).hasMessageContaining("found 408 at 0");
        try (var parameter = new SparseParameter("w", w, new int[] {5});
                var optimizer = new SparseAdamW(List.of(parameter), MOMENTS, 0)) {
            assertThatThrownBy(() -> optimizer.move("w", new int[] {5, 6}))
                    .hasMessage("w: expected 1 entries as before, found 2");
            assertThatThrownBy(() -> optimizer.restore(Map.of())).hasMessage("optimizer state has no w.indices");
        }
    }

    private double train(SparseAdamW optimizer, SparseParameter parameter, int steps) {
        double first = 0;
        for (int step = 0; step < steps; step++) {
            optimizer.clearGradients();
            try (var _ = TensorScope.open()) {
                Tensor loss = loss(parameter);
                first = step == 0 ? loss.item_double() : first;
                loss.backward();
            }
            optimizer.step(0.01);
        }
        return first;
    }

    private Tensor loss(SparseParameter parameter) {
        return objective(parameter.attached());
    }

    private Tensor objective(Tensor w) {
        return torch.mse_loss(torch.linear(x, w), target);
    }

    private static float[] state(SparseAdamW optimizer, String name) {
        return Tensors.toFloats(Objects.requireNonNull(optimizer.state().get("w." + name)));
    }

    private static int[] every(int stride, int offset) {
        return IntStream.range(0, ROWS * COLUMNS)
                .filter(i -> i % stride == offset)
                .toArray();
    }

    private static Set<Integer> changed(float[] before, float[] after) {
        Set<Integer> changed = new TreeSet<>();
        for (int i = 0; i < before.length; i++) {
            if (Float.floatToRawIntBits(before[i]) != Float.floatToRawIntBits(after[i])) {
                changed.add(i);
            }
        }
        return changed;
    }
}
