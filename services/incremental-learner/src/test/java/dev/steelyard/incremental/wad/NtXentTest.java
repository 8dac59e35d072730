package dev.steelyard.incremental.wad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.method.MethodException;
import dev.steelyard.method.ParamsReader;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NtXentTest {
    private static final int PAIRS = 5;
    private static final int DIMENSIONS = 7;
    private static final double TEMPERATURE = 0.5;

    @BeforeAll
    static void startTorch() {
        Torch.start(2);
    }

    @Test
    void loss_is_the_formula() {
        double[] z = normalized(random(3));

        try (var _ = TensorScope.open()) {
            double loss =
                    NtXent.of(Tensors.of(z, 2 * PAIRS, DIMENSIONS), TEMPERATURE).item_double();

            assertThat(loss).isCloseTo(formula(z), within(1e-12));
        }
    }

    @Test
    void alike_embeddings_leave_every_other_view_as_likely() {
        try (var _ = TensorScope.open()) {
            Tensor z = Tensors.of(new float[] {0.6f, 0.8f}, 1, 2).repeat(64, 1);

            assertThat(NtXent.of(z, TEMPERATURE).item_double()).isCloseTo(Math.log(63), within(1e-5));
        }
    }

    @Test
    void coldest_temperature_that_is_taken_has_a_loss() throws MethodException {
        var reader = ParamsReader.of(WadParams.class, ParamsReader.validator());
        String params = "{\"teacher\": {\"temperature\": %s}}";
        double coldest = reader.read(params.formatted("0.02")).teacher().temperature();
        try (var _ = TensorScope.open()) {
            Tensor z = Tensors.of(new float[] {0.6f, 0.8f}, 1, 2).repeat(64, 1);

            assertThat(NtXent.of(z, coldest).item_double()).isCloseTo(Math.log(63), within(1e-5));
        }
        assertThatThrownBy(() -> reader.read(params.formatted("0.0112"))).hasMessageContaining("temperature");
    }

    @Test
    void perfect_pairs_among_orthogonal_ones_lose_least() {
        try (var _ = TensorScope.open()) {
            Tensor pairs = Tensors.of(new double[] {1, 0, 0, 1, 1, 0, 0, 1}, 4, 2);

            // the other view at cosine 1, the two of the other image at 0
            assertThat(NtXent.of(pairs, 1).item_double()).isCloseTo(-Math.log(Math.E / (Math.E + 2)), within(1e-7));
        }
    }

    @Test
    void gradient_through_the_normalization_is_that_of_finite_differences() {
        double[] x = random(4);
        double[] gradient;
        try (var _ = TensorScope.open()) {
            Tensor leaf = Tensors.of(x, 2 * PAIRS, DIMENSIONS).set_requires_grad(true);
            NtXent.of(NtXent.normalized(leaf), TEMPERATURE).backward();
            gradient = Tensors.toDoubles(leaf.grad());
        }
        double step = 1e-5;
        for (int i = 0; i < x.length; i++) {
            double[] up = x.clone();
            double[] down = x.clone();
            up[i] += step;
            down[i] -= step;
            double slope = (formula(normalized(up)) - formula(normalized(down))) / (2 * step);
            assertThat(gradient[i]).as("entry %d", i).isCloseTo(slope, within(1e-6));
        }
    }

    @Test
    void embedding_of_nothing_has_a_finite_gradient() {
        try (var _ = TensorScope.open()) {
            Tensor leaf = org.bytedeco
                    .pytorch
                    .global
                    .torch
                    .zeros(new long[] {4, 3}, Tensors.options(ScalarType.Double))
                    .set_requires_grad(true);
            NtXent.of(NtXent.normalized(leaf), TEMPERATURE).backward();

            assertThat(Tensors.toDoubles(leaf.grad())).containsOnly(0);
        }
    }

    private static double[] random(long seed) {
        return new SplittableRandom(seed)
                .doubles(2L * PAIRS * DIMENSIONS, -1, 1)
                .toArray();
    }

    private static double[] normalized(double[] x) {
        double[] z = x.clone();
        for (int row = 0; row < 2 * PAIRS; row++) {
            double length = Math.sqrt(dot(x, row, row));
            for (int d = 0; d < DIMENSIONS; d++) {
                z[row * DIMENSIONS + d] /= length + 1e-8;
            }
        }
        return z;
    }

    private static double formula(double[] z) {
        double sum = 0;
        for (int i = 0; i < 2 * PAIRS; i++) {
            int other = (i + PAIRS) % (2 * PAIRS);
            double all = 0;
            for (int j = 0; j < 2 * PAIRS; j++) {
                all += j == i ? 0 : Math.exp(dot(z, i, j) / TEMPERATURE);
            }
            sum += Math.log(Math.exp(dot(z, i, other) / TEMPERATURE) / (all + 1e-8) + 1e-8);
        }
        return -sum / (2 * PAIRS);
    }

    private static double dot(double[] x, int one, int other) {
        double dot = 0;
        for (int d = 0; d < DIMENSIONS; d++) {
            dot += x[one * DIMENSIONS + d] * x[other * DIMENSIONS + d];
        }
        return dot;
    }
}
