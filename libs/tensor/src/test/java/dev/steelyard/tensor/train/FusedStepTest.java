package dev.steelyard.tensor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The fused updates of single precision beside libtorch's operations in double precision. */
class FusedStepTest {
    enum Rule {
        SGD,
        SGD_NESTEROV,
        ADAM,
        ADAMW,
        ADAMP,
        ADAMP_NESTEROV,
        SGDP,
        SGDP_NESTEROV;

        Optimizer create(List<ParameterGroup> groups) {
            var projection = Projection.defaults();
            return switch (this) {
                case SGD -> new Sgd(groups, new Momentum(0.9, 0.1, false), Decay.COUPLED);
                case SGD_NESTEROV -> new Sgd(groups, new Momentum(0.9, 0, true), Decay.DECOUPLED);
                case ADAM -> new Adam(groups, AdamMoments.defaults(), Decay.COUPLED);
                case ADAMW -> new Adam(groups, AdamMoments.defaults(), Decay.DECOUPLED);
                case ADAMP -> new AdamP(groups, AdamMoments.defaults(), projection);
                case ADAMP_NESTEROV -> new AdamP(groups, new AdamMoments(0.9, 0.999, 1e-8, true), projection);
                case SGDP -> new SgdP(groups, Momentum.of(0.9), projection);
                case SGDP_NESTEROV -> new SgdP(groups, new Momentum(0.9, 0, true), projection);
            };
        }
    }

    enum Gradient {
        /** Orthogonal to each row: channel view. */
        ROWS,
        /** Orthogonal to the tensor, not to its rows: layer view. */
        LAYER,
        /** Along the weight: no projection. */
        RADIAL
    }

    @BeforeAll
    static void startTorch() {
        Torch.start(2);
    }

    @ParameterizedTest
    @EnumSource
    void update_is_that_of_the_plain_operations(Rule rule) {
        for (Gradient gradient : Gradient.values()) {
            double[] expected = run(rule, gradient, ScalarType.Double, 7, 21);
            double[] found = run(rule, gradient, ScalarType.Float, 7, 21);
            assertThat(found).as("%s %s", rule, gradient).containsExactly(expected, within(3e-5));
        }
    }

    /** Rows of 1,500 do not fit one tile; 60,000 elements are shared out among threads. */
    @ParameterizedTest
    @CsvSource({"ADAMP, 40, 1500", "SGDP, 40, 1500", "ADAMW, 1, 60001", "ADAMP, 2, 40003"})
    void large_tensors_are_updated_alike(Rule rule, int rows, int columns) {
        for (Gradient gradient : Gradient.values()) {
            double[] expected = run(rule, gradient, ScalarType.Double, rows, columns);
            double[] found = run(rule, gradient, ScalarType.Float, rows, columns);
            assertThat(found).as("%s %s", rule, gradient).containsExactly(expected, within(3e-5));
        }
    }

    /** The weight after ten steps. */
    private static double[] run(Rule rule, Gradient gradient, ScalarType type, int rows, int columns) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(2);
        try (var _ = TensorScope.open()) {
            Tensor w = matrix(random, rows, columns).to(type).set_requires_grad(true);
            assertThat(FusedStep.fits(w, w)).isEqualTo(type == ScalarType.Float);
            try (var optimizer = rule.create(List.of(ParameterGroup.of(List.of(new Parameter("w", w)), 0.01)))) {
                for (int step = 0; step < 10; step++) {
                    try (var _ = TensorScope.open()) {
                        Tensor g = gradient(gradient, w.detach().to(ScalarType.Double), matrix(random, rows, columns));
                        w.mutable_grad().put(g.to(type));
                        optimizer.step(0.01);
                    }
                }
                if (optimizer instanceof ProjectingOptimizer projecting) {
                    ProjectionView view = switch (gradient) {
                        case ROWS -> ProjectionView.CHANNEL;
                        case LAYER -> ProjectionView.LAYER;
                        case RADIAL -> ProjectionView.NONE;
                    };
                    assertThat(projecting.lastProjections()).containsEntry("w", view);
                }
            }
            return Tensors.toDoubles(w);
        }
    }

    private static Tensor gradient(Gradient kind, Tensor w, Tensor random) {
        return switch (kind) {
            case ROWS -> across(w, random);
            case LAYER -> {
                Tensor weights = Tensors.of(ramp((int) w.size(0)), w.size(0), 1);
                yield across(w.reshape(1, -1), torch.mul(w, weights).reshape(1, -1))
                        .reshape(w.size(0), w.size(1));
            }
            case RADIAL -> torch.add(w, random);
        };
    }

    /** g less its part along each row of w. */
    private static Tensor across(Tensor w, Tensor g) {
        Tensor along = torch.mul(w, g)
                .sum(new long[] {1}, true, new ScalarTypeOptional())
                .div(w.mul(w).sum(new long[] {1}, true, new ScalarTypeOptional()));
        return torch.sub(g, torch.mul(w, along));
    }

    private static double[] ramp(int n) {
        double[] ramp = new double[n];
        for (int i = 0; i < n; i++) {
            ramp[i] = i + 1;
        }
        return ramp;
    }

    private static Tensor matrix(RandomGenerator random, int rows, int columns) {
        return Tensors.of(random.doubles((long) rows * columns, -1, 1).toArray(), rows, columns);
    }
}
