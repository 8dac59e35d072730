package dev.steelyard.incremental.adamp;

import static dev.steelyard.incremental.adamp.ReferenceTrace.Orthogonal.LAYER;
import static dev.steelyard.incremental.adamp.ReferenceTrace.Orthogonal.NONE;
import static dev.steelyard.incremental.adamp.ReferenceTrace.Orthogonal.ROW;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.AdamP;
import dev.steelyard.tensor.train.Momentum;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import dev.steelyard.tensor.train.Projection;
import dev.steelyard.tensor.train.SgdP;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Fifty steps on made-up gradients, against the figures that the authors' implementation gives in double precision.
 */
final class ReferenceTrace {
    private static final int ROWS = 4;
    private static final int COLUMNS = 6;

    /** Which sums the gradient is made orthogonal over. */
    enum Orthogonal {
        ROW,
        LAYER,
        NONE
    }

    /**
     * One run and what the authors' implementation found after it.
     *
     * @param adam whether it is AdamP; SGDP when not
     * @param expected ΣW, ‖W‖², W[1][2] and b[0]
     */
    private record Run(boolean adam, boolean nesterov, Orthogonal mode, double... expected) {

        Optimizer optimizer(List<Parameter> parameters) {
            return adam
                    ? new AdamP(
                            List.of(ParameterGroup.of(parameters, 0.01)),
                            new AdamMoments(0.9, 0.999, 1e-8, nesterov),
                            Projection.defaults())
                    : new SgdP(
                            List.of(ParameterGroup.of(parameters, 1e-3)),
                            new Momentum(0.9, 0, nesterov),
                            Projection.defaults());
        }

        double rate() {
            return adam ? 0.01 : 0.05;
        }

        /** The largest difference, relative to the figure where that is above 1. */
        double worst(double[] found) {
            double worst = 0;
            for (int i = 0; i < expected.length; i++) {
                worst = Math.max(worst, Math.abs(found[i] - expected[i]) / Math.max(1, Math.abs(expected[i])));
            }
            return worst;
        }
    }

    private static final List<Run> RUNS = List.of(
            new Run(true, false, ROW, -0.232303648496, 2.515138176616, -0.270203539330, 0.054992247428),
            new Run(true, false, LAYER, -0.318357032918, 2.516580211140, -0.226864586730, 0.054992247428),
            new Run(true, false, NONE, -0.314927320792, 2.731285251947, -0.246259827491, 0.054992247428),
            new Run(true, true, ROW, -0.145171473035, 2.527671755924, -0.273053484574, 0.051074965627),
            new Run(true, true, LAYER, -0.259510378207, 2.529529298191, -0.214581972228, 0.051074965627),
            new Run(false, false, ROW, 0.591925452845, 18.976148147048, -0.685145212690, -0.014097096195),
            new Run(false, false, LAYER, -1.656691945076, 7.699016837089, -0.819481793519, -0.014097096195),
            new Run(false, false, NONE, 5.552903365811, 37.990185363531, 0.782333789890, -0.014097096195),
            new Run(false, true, ROW, -1.027595989942, 9.996293609258, -0.895068180972, 0.179113858536),
            new Run(false, true, LAYER, -1.458201468425, 5.646177144166, 0.240848416279, 0.179113858536));

    private ReferenceTrace() {}

    /** The largest difference of the ten runs' figures in this precision. */
    static double worst(ScalarType type) {
        return RUNS.stream()
                .mapToDouble(run -> run.worst(trace(type, run)))
                .max()
                .orElseThrow();
    }

    /** ΣW, ‖W‖², W[1][2] and b[0] after the last step. */
    private static double[] trace(ScalarType type, Run run) {
        try (var _ = TensorScope.open()) {
            Tensor w = leaf(initialWeight(), type, ROWS, COLUMNS);
            Tensor b = leaf(new double[] {0.1, -0.2, 0.3, -0.4}, type, ROWS);
            try (Optimizer optimizer = run.optimizer(List.of(new Parameter("w", w), new Parameter("b", b)))) {
                for (int t = 1; t <= 50; t++) {
                    w.mutable_grad()
                            .put(Tensors.of(gradient(Tensors.toDoubles(w), t, run.mode), ROWS, COLUMNS)
                                    .to(type));
                    b.mutable_grad().put(Tensors.of(biasGradient(t), ROWS).to(type));
                    optimizer.step(run.rate());
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
