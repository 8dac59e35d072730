package dev.steelyard.tensor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Fifty steps on made-up gradients, against the figures that the authors' implementation gives in double precision.
 */
class ProjectionTraceTest {
    private static final int ROWS = 4;
    private static final int COLUMNS = 6;

    /** Which sums the gradient is made orthogonal over. */
    enum Orthogonal {
        ROW,
        LAYER,
        NONE
    }

    @BeforeAll
    static void startTorch() {
        Torch.start(2);
    }

    @ParameterizedTest
    @CsvSource({
        "false, ROW,   -0.232303648496, 2.515138176616, -0.270203539330, 0.054992247428",
        "false, LAYER, -0.318357032918, 2.516580211140, -0.226864586730, 0.054992247428",
        "false, NONE,  -0.314927320792, 2.731285251947, -0.246259827491, 0.054992247428",
        "true,  ROW,   -0.145171473035, 2.527671755924, -0.273053484574, 0.051074965627",
        "true,  LAYER, -0.259510378207, 2.529529298191, -0.214581972228, 0.051074965627",
    })
    void adamp_follows_the_reference(
            boolean nesterov, Orthogonal mode, double sum, double squares, double w12, double b0) {
        var moments = new AdamMoments(0.9, 0.999, 1e-8, nesterov);
        double[] expected = {sum, squares, w12, b0};
        for (ScalarType type : List.of(ScalarType.Double, ScalarType.Float)) {
            double[] found = trace(
                    type,
                    mode,
                    0.01,
                    p -> new AdamP(List.of(ParameterGroup.of(p, 0.01)), moments, Projection.defaults()));
            assertClose(found, expected, type);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "false, ROW,    0.591925452845, 18.976148147048, -0.685145212690, -0.014097096195",
        "false, LAYER, -1.656691945076,  7.699016837089, -0.819481793519, -0.014097096195",
        "false, NONE,   5.552903365811, 37.990185363531,  0.782333789890, -0.014097096195",
        "true,  ROW,   -1.027595989942,  9.996293609258, -0.895068180972,  0.179113858536",
        "true,  LAYER, -1.458201468425,  5.646177144166,  0.240848416279,  0.179113858536",
    })
    void sgdp_follows_the_reference(
            boolean nesterov, Orthogonal mode, double sum, double squares, double w12, double b0) {
        var momentum = new Momentum(0.9, 0, nesterov);
        double[] expected = {sum, squares, w12, b0};
        for (ScalarType type : List.of(ScalarType.Double, ScalarType.Float)) {
            double[] found = trace(
                    type,
                    mode,
                    0.05,
                    p -> new SgdP(List.of(ParameterGroup.of(p, 1e-3)), momentum, Projection.defaults()));
            assertClose(found, expected, type);
        }
    }

    /** Relative to the figure where it is above 1. */
    private static void assertClose(double[] found, double[] expected, ScalarType type) {
        double tolerance = type == ScalarType.Double ? 1e-10 : 1e-5;
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i])
                    .as("%s, figure %d", type, i)
                    .isCloseTo(expected[i], within(tolerance * Math.max(1, Math.abs(expected[i]))));
        }
    }

    private interface Choice {
        Optimizer of(List<Parameter> parameters);
    }

    /** ΣW, ‖W‖², W[1][2] and b[0] after the last step. */
    private static double[] trace(ScalarType type, Orthogonal mode, double lr, Choice choice) {
        try (var _ = TensorScope.open()) {
            Tensor w = leaf(initialWeight(), type, ROWS, COLUMNS);
            Tensor b = leaf(new double[] {0.1, -0.2, 0.3, -0.4}, type, ROWS);
            try (Optimizer optimizer = choice.of(List.of(new Parameter("w", w), new Parameter("b", b)))) {
                for (int t = 1; t <= 50; t++) {
                    w.mutable_grad()
                            .put(Tensors.of(gradient(Tensors.toDoubles(w), t, mode), ROWS, COLUMNS)
                                    .to(type));
                    b.mutable_grad().put(Tensors.of(biasGradient(t), ROWS).to(type));
                    optimizer.step(lr);
                }
            }
            return figures(Tensors.toDoubles(w), Tensors.toDoubles(b));
        }
    }

    private static double[] figures(double[] w, double[] b) {
        double sum = 0;
        double squares = 0;
        for (double value : w) {
            sum += value;
            squares += value * value;
        }
        return new double[] {sum, squares, w[COLUMNS + 2], b[0]};
    }

    private static double[] initialWeight() {
        double[] w = new double[ROWS * COLUMNS];
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < COLUMNS; j++) {
                w[i * COLUMNS + j] = ((7 * i + 3 * j) % 11 - 5) / 10.0;
            }
        }
        return w;
    }

    private static double[] gradient(double[] w, int t, Orthogonal mode) {
        double[] g = new double[w.length];
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < COLUMNS; j++) {
                g[i * COLUMNS + j] = Math.sin(0.3 * t + 1.1 * i + 0.7 * j);
            }
        }
        switch (mode) {
            case ROW -> {
                for (int i = 0; i < ROWS; i++) {
                    orthogonalize(w, g, i * COLUMNS, (i + 1) * COLUMNS);
                }
            }
            case LAYER -> orthogonalize(w, g, 0, w.length);
            case NONE -> {}
        }
        return g;
    }

    /** g ← (g − w⟨w, g⟩/‖w‖²)/‖w‖ over a range of entries. */
    private static void orthogonalize(double[] w, double[] g, int from, int to) {
        double wg = 0;
        double n = 0;
        for (int i = from; i < to; i++) {
            wg += w[i] * g[i];
            n += w[i] * w[i];
        }
        for (int i = from; i < to; i++) {
            g[i] = (g[i] - w[i] * wg / n) / Math.sqrt(n);
        }
    }

    private static double[] biasGradient(int t) {
        double[] g = new double[ROWS];
        for (int i = 0; i < ROWS; i++) {
            g[i] = Math.cos(0.2 * t + i);
        }
        return g;
    }

    private static Tensor leaf(double[] values, ScalarType type, long... shape) {
        return Tensors.of(values, shape).to(type).set_requires_grad(true);
    }
}
