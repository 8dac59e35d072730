package dev.steelyard.tensor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.WeightStandardization.Variant;
import dev.steelyard.tensor.train.RandomTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightStandardizationTest {
    private static final Torch ENGINE = Torch.start(2);
    private static final double EPSILON = 1e-5;
    private static final int OUT = 5;
    private static final int N = 3 * 3 * 3;

    private final Random random = new Random(3);
    private final ParameterStore store = new ParameterStore();
    private TensorScope scope = TensorScope.open();

    @BeforeEach
    void openScope() {
        scope.close();
        scope = TensorScope.open();
    }

    @AfterEach
    void closeAll() {
        scope.close();
        store.close();
    }

    @ParameterizedTest
    @EnumSource
    void units_have_mean_zero_and_the_deviation_that_epsilon_leaves(Variant variant) {
        double[] w = gaussian(OUT * N, 0.02, 0.3);

        double[] standardized = standardized(variant, w);

        for (int o = 0; o < OUT; o++) {
            double[] row = Arrays.copyOfRange(standardized, o * N, (o + 1) * N);
            double s = deviation(Arrays.copyOfRange(w, o * N, (o + 1) * N));
            double expected = switch (variant) {
                case UNBIASED_OUTSIDE -> s / (s + EPSILON);
                case UNBIASED_ROOT -> s / Math.sqrt(s * s + EPSILON);
                case BIASED_ROOT -> s / Math.sqrt(s * s * (N - 1) / N + EPSILON);
            };
            assertThat(mean(row)).isCloseTo(0, within(1e-14));
            assertThat(deviation(row)).isCloseTo(expected, within(1e-12));
        }
    }

    @Test
    void scale_and_shift_of_a_unit_do_not_matter() {
        double[] w = gaussian(OUT * N, 0.02, 0);
        double a = 3.7;
        double[] other = Arrays.stream(w).map(value -> a * value - 0.8).toArray();

        double[] before = standardized(Variant.UNBIASED_OUTSIDE, w);
        double[] after = standardized(Variant.UNBIASED_OUTSIDE, other);

        for (int i = 0; i < w.length; i++) {
            double s = deviation(Arrays.copyOfRange(w, i / N * N, i / N * N + N));
            double bound = EPSILON * Math.abs(1 / s - 1 / (a * s)) * Math.abs(before[i]) + 1e-12;
            assertThat(after[i]).isCloseTo(before[i], within(bound));
        }
    }

    @ParameterizedTest
    @EnumSource
    void gradient_is_that_of_central_differences_and_of_the_closed_form(Variant variant) {
        double[] w = gaussian(OUT * N, 0.02, 0.1);
        double[] g = gaussian(OUT * N, 1, 0);

        double[] gradient = gradient(variant, w, g);

        double[] closed = closedForm(variant, w, g);
        double h = 1e-6;
        for (int i = 0; i < w.length; i++) {
            assertThat(gradient[i]).isCloseTo(closed[i], within(1e-12 * Math.max(1, Math.abs(closed[i]))));
            double[] up = w.clone();
            double[] down = w.clone();
            up[i] += h;
            down[i] -= h;
            double slope = (dot(standardized(variant, up), g) - dot(standardized(variant, down), g)) / (2 * h);
            assertThat(gradient[i]).isCloseTo(slope, within(1e-6 * Math.max(1, Math.abs(slope))));
        }
        for (int o = 0; o < OUT; o++) {
            double sum = mean(Arrays.copyOfRange(gradient, o * N, (o + 1) * N)) * N;
            assertThat(sum).as("a shift of a unit does nothing").isCloseTo(0, within(1e-11));
        }
    }

    @ParameterizedTest
    @EnumSource
    void fused_passes_give_what_the_operations_give(Variant variant) {
        for (long[] shape : new long[][] {{7, 3, 3}, {6, 5, 3, 3}, {4, 3, 3, 2, 2}, {64, 65, 3, 3}, {3, 5}}) {
            int count = (int) Shapes.count(shape);
            double[] values = gaussian(count, 0.05, 0.02);
            double[] g = gaussian(count, 1, 0);
            String name = Arrays.toString(shape);
            Tensor exact = Tensors.of(values, shape).requires_grad_(true);
            Weight weight = rule(variant)
                    .create(store, name, () -> Tensors.of(values, shape).to(ScalarType.Float));
            Tensor parameter = store.parameters().getLast().value();

            Tensor expected = rule(variant).standardized(exact);
            torch.mul(expected, Tensors.of(g, shape)).sum().backward();
            Tensor found = weight.value();
            torch.mul(found, Tensors.of(g, shape).to(ScalarType.Float)).sum().backward();

            assertThat(weight).isInstanceOf(FusedStandardization.class);
            assertThat(largest(found.sub(expected))).as(name).isLessThan(2e-6 * largest(expected));
            assertThat(largest(parameter.grad().sub(exact.grad()))).as(name).isLessThan(5e-6 * largest(exact.grad()));
        }
    }

    @Test
    void accumulated_gradients_are_the_sum_over_passes() {
        double[] values = gaussian(OUT * N, 0.05, 0);
        Weight weight = rule(Variant.UNBIASED_OUTSIDE)
                .create(store, "w", () -> Tensors.of(values, OUT, N).to(ScalarType.Float));
        Tensor parameter = store.parameters().getFirst().value();
        double[] g = gaussian(OUT * N, 1, 0);
        Tensor factor = Tensors.of(g, OUT, N).to(ScalarType.Float);

        torch.mul(weight.value(), factor).sum().backward();
        Tensor once = parameter.grad().clone();
        torch.mul(weight.value(), factor).sum().backward();

        assertThat(largest(parameter.grad().sub(once.mul(new Scalar(2.0))))).isEqualTo(0);
    }

    @Test
    void layer_outlives_the_scope_it_was_made_in() {
        Weight weight;
        try (var _ = TensorScope.open()) {
            weight = rule(Variant.UNBIASED_OUTSIDE)
                    .create(
                            store,
                            "w",
                            () -> torch.arange(new Scalar(18)).view(2, 9).to(ScalarType.Float));
        }
        for (int step = 0; step < 100; step++) {
            try (var _ = TensorScope.open()) {
                weight.value().select(1, 0).sum().backward();
            }
        }
        float[] gradient =
                Tensors.toFloats(store.parameters().getFirst().value().grad());
        assertThat(gradient[0]).isGreaterThan(0);
        assertThat(gradient[9]).isEqualTo(gradient[0]);
    }

    @Test
    void equal_weights_become_zero_and_not_infinite() {
        Weight weight = rule(Variant.UNBIASED_OUTSIDE).create(store, "w", () -> torch.ones(2, 9));
        Tensor standardized = weight.value();
        standardized.sum().backward();

        assertThat(Tensors.toFloats(standardized)).containsOnly(0);
        assertThat(Tensors.toFloats(store.parameters().getFirst().value().grad()))
                .containsOnly(0);
    }

    @Test
    void weight_without_deviation_is_refused_by_name() {
        assertThatThrownBy(() -> rule(Variant.UNBIASED_OUTSIDE)
                        .create(store, "layers.2.shortcut.conv.weight", () -> torch.ones(8, 1, 1, 1)))
                .hasMessage(
                        "layers.2.shortcut.conv.weight: one value for each output has no deviation; leave this layer "
                                + "out of standardization");
    }

    @Test
    void memory_stays_flat_over_a_thousand_steps() throws Exception {
        try (var numbers = new RandomTensors(ENGINE, 1)) {
            Convolution layer =
                    Convolution.create(store, "conv", numbers, rule(Variant.UNBIASED_OUTSIDE), 32, 64, 3, 1);
            Tensor x = torch.ones(1, 32, 4, 4);
            long before = 0;
            for (int step = 0; step < 1_200; step++) {
                if (step == 200) {
                    before = resident();
                }
                try (var _ = TensorScope.open()) {
                    layer.forward(x, Phase.TRAINING).sum().backward();
                    try (var _ = NoGrad.begin()) {
                        Tensor w = store.parameters().getFirst().value();
                        w.sub_(w.grad(), new Scalar(1e-6));
                    }
                }
            }
            assertThat(resident() - before).isLessThan(40L << 20); // a step makes 0.3 MB
        }
    }

    private static long resident() throws IOException {
        String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ", 3);
        return Long.parseLong(pages[1]) * 4096;
    }

    private static WeightStandardization rule(Variant variant) {
        return new WeightStandardization(variant, EPSILON);
    }

    private static double[] standardized(Variant variant, double[] w) {
        return Tensors.toDoubles(rule(variant).standardized(Tensors.of(w, OUT, 3, 3, 3)));
    }

    private static double[] gradient(Variant variant, double[] w, double[] g) {
        Tensor weight = Tensors.of(w, OUT, 3, 3, 3).requires_grad_(true);
        torch.mul(rule(variant).standardized(weight), Tensors.of(g, OUT, 3, 3, 3))
                .sum()
                .backward();
        return Tensors.toDoubles(weight.grad());
    }

    /** With ∂L/∂c = g/d − c⟨g,c⟩/(d²(n−1)s) as published, and ∂L/∂W = ∂L/∂c − mean(∂L/∂c). */
    private static double[] closedForm(Variant variant, double[] w, double[] g) {
        double[] gradient = new double[w.length];
        for (int o = 0; o < OUT; o++) {
            double[] row = Arrays.copyOfRange(w, o * N, (o + 1) * N);
            double[] dy = Arrays.copyOfRange(g, o * N, (o + 1) * N);
            double mean = mean(row);
            double[] c = Arrays.stream(row).map(value -> value - mean).toArray();
            double s = deviation(row);
            double d = switch (variant) {
                case UNBIASED_OUTSIDE -> s + EPSILON;
                case UNBIASED_ROOT -> Math.sqrt(s * s + EPSILON);
                case BIASED_ROOT -> Math.sqrt(s * s * (N - 1) / N + EPSILON);
            };
            double denominator = switch (variant) {
                case UNBIASED_OUTSIDE -> d * d * (N - 1) * s;
                case UNBIASED_ROOT -> d * d * d * (N - 1);
                case BIASED_ROOT -> d * d * d * N;
            };
            double along = dot(dy, c);
            double[] dc = new double[N];
            for (int i = 0; i < N; i++) {
                dc[i] = dy[i] / d - c[i] * along / denominator;
            }
            for (int i = 0; i < N; i++) {
                gradient[o * N + i] = dc[i] - mean(dc);
            }
        }
        return gradient;
    }

    private double[] gaussian(int count, double deviation, double mean) {
        return random.doubles(count)
                .map(_ -> mean + deviation * random.nextGaussian())
                .toArray();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).sum() / values.length;
    }

    private static double deviation(double[] values) {
        double mean = mean(values);
        return Math.sqrt(Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1));
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double largest(Tensor difference) {
        return difference.abs().max().item_double();
    }
}
