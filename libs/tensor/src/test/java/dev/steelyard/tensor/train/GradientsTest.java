package dev.steelyard.tensor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import java.util.List;
import java.util.OptionalDouble;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GradientsTest {
    private static final Torch ENGINE = Torch.start(2);

    @BeforeAll
    static void startTorch() {
        assertThat(ENGINE.threads()).isEqualTo(2);
    }

    @Test
    void gradients_are_scaled_down_together() {
        try (var _ = TensorScope.open()) {
            Tensor a = withGradient(3, 0);
            Tensor b = withGradient(0, 4);
            var parameters = List.of(new Parameter("a", a), new Parameter("b", b), new Parameter("c", leaf(0, 0)));

            assertThat(Gradients.clip(parameters, 10)).isEqualTo(5);
            assertThat(Tensors.toDoubles(a.grad())).containsExactly(3, 0);

            assertThat(Gradients.clip(parameters, 2.5)).isEqualTo(5);
            assertThat(Tensors.toDoubles(a.grad())).containsExactly(1.5, 0);
            assertThat(Tensors.toDoubles(b.grad())).containsExactly(0, 2);
            assertThat(Gradients.norm(parameters)).isCloseTo(2.5, within(1e-15));
            assertThatThrownBy(() -> Gradients.clip(parameters, 0)).hasMessageContaining("above 0");
        }
    }

    @Test
    void group_with_a_limit_is_clipped_by_itself() {
        try (var _ = TensorScope.open()) {
            Tensor a = withGradient(3, 4);
            Tensor b = withGradient(3, 4);
            var groups = List.of(
                    ParameterGroup.of(List.of(new Parameter("a", a)), 0),
                    new ParameterGroup(List.of(new Parameter("b", b)), 1, 0, OptionalDouble.of(1)));
            try (var sgd = new Sgd(groups, Momentum.of(0), Decay.COUPLED)) {
                sgd.step(1);
            }

            assertThat(Tensors.toDoubles(a)).containsExactly(-3, -4);
            assertThat(Tensors.toDoubles(b)).containsExactly(new double[] {-0.6, -0.8}, within(1e-15));
        }
        assertThatThrownBy(() -> new ParameterGroup(List.of(), 1, 0, OptionalDouble.of(0)))
                .hasMessageContaining("clip: expected above 0");
    }

    @Test
    void moving_average_soon_forgets_what_it_started_from() {
        try (var _ = TensorScope.open()) {
            Tensor w = leaf(1000);
            List<Parameter> parameters = List.of(new Parameter("w", w));
            try (var average = new MovingAverage(parameters, 0.999);
                    var continued = new MovingAverage(parameters, 0.999)) {
                try (var _ = NoGrad.begin()) {
                    w.zero_();
                }
                average.update();
                assertThat(values(average)).containsExactly(new double[] {100}, within(1e-9)); // β₀ = 1/10
                average.update();
                assertThat(values(average)).containsExactly(new double[] {100 * 2 / 11.0}, within(1e-9));
                continued.restore(average.save());
                average.update();
                continued.update();
                assertThat(values(continued)).containsExactly(values(average));
                for (int i = 0; i < 1000; i++) {
                    average.update();
                }
                assertThat(values(average)[0]).isLessThan(1e-9);
                assertThat(average.averages()).containsOnlyKeys("w");
                try (var _ = NoGrad.begin()) {
                    w.add_(new Scalar(8.0));
                }
                average.update();
                assertThat(values(average)).containsExactly(new double[] {8 * (1 - 1004 / 1013.0)}, within(1e-9));
            }
            try (var quick = new MovingAverage(parameters, 0.05)) { // below the first βₜ
                try (var _ = NoGrad.begin()) {
                    w.zero_();
                }
                quick.update();
                assertThat(values(quick)).containsExactly(new double[] {8 * 0.05}, within(1e-9));
            }
        }
    }

    @Test
    void random_tensors_continue_from_a_saved_state() {
        try (var random = new RandomTensors(ENGINE, 3);
                var _ = TensorScope.open()) {
            random.normal(1, 7);
            Tensor state = random.state().clone();
            float[] next = Tensors.toFloats(random.uniform(2, 50));
            random.restore(state);

            assertThat(Tensors.toFloats(random.uniform(2, 50))).containsExactly(next);
            for (float value : next) {
                assertThat(value).isBetween(-2f, 2f);
            }
        }
    }

    @Test
    void dropout_keeps_the_mean() {
        try (var random = new RandomTensors(ENGINE, 3);
                var _ = TensorScope.open()) {
            Tensor kept = random.dropout(torch.ones(100_000), 0.2);

            assertThat(kept.mean().item_float()).isCloseTo(1, within(0.01f));
            assertThat(kept.max().item_float()).isEqualTo(1.25f);
            assertThat(kept.min().item_float()).isZero();
        }
    }

    private static double[] values(MovingAverage average) {
        return Tensors.toDoubles(average.save().firstEntry().getValue());
    }

    private static Tensor leaf(double... values) {
        return Tensors.of(values, values.length).set_requires_grad(true);
    }

    /** A leaf at 0 whose gradient has these values. */
    private static Tensor withGradient(double... gradient) {
        Tensor w = leaf(new double[gradient.length]);
        w.mul(Tensors.of(gradient, gradient.length)).sum().backward();
        return w;
    }
}
