package dev.steelyard.tensor.train;

import dev.steelyard.tensor.Tensors;
import java.util.stream.DoubleStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Σ g∘w, Σ g² and Σ w² over each row of a weight and its gradient. */
final class RowSums {
    private final double[] gw;
    private final double[] gg;
    private final double[] ww;

    private RowSums(double[] gw, double[] gg, double[] ww) {
        this.gw = gw;
        this.gg = gg;
        this.ww = ww;
    }

    static RowSums of(Tensor w, Tensor g) {
        return new RowSums(products(g, w), products(g, g), products(w, w));
    }

    /** ⟨a, b⟩ of each row. */
    static double[] products(Tensor a, Tensor b) {
        return Tensors.toDoubles(torch.mul(a, b).sum(1));
    }

    /** max |cos(g, w)| over rows, norms no smaller than ε. */
    double largestCosine(double epsilon) {
        double largest = 0;
        for (int i = 0; i < gw.length; i++) {
            double norms = Math.max(Math.sqrt(gg[i]), epsilon) * Math.max(Math.sqrt(ww[i]), epsilon);
            largest = Math.max(largest, Math.abs(gw[i]) / norms);
        }
        return largest;
    }

    /** The same of all rows as one. */
    RowSums total() {
        return new RowSums(sum(gw), sum(gg), sum(ww));
    }

    double[] weightSquares() {
        return ww.clone();
    }

    private static double[] sum(double[] values) {
        return new double[] {DoubleStream.of(values).sum()};
    }
}
