package dev.steelyard.tensor.train;

import dev.steelyard.tensor.Tensors;
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

    static RowSums of(double[] gw, double[] gg, double[] ww) {
        return new RowSums(gw, gg, ww);
    }

    /** Of matrices [rows, columns] of any type. */
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
        return new RowSums(new double[] {sum(gw)}, new double[] {sum(gg)}, new double[] {sum(ww)});
    }

    /** (‖w‖ + ε)² of each row. */
    double[] squaredLengths(double epsilon) {
        double[] squared = new double[ww.length];
        for (int i = 0; i < ww.length; i++) {
            double length = Math.sqrt(ww[i]) + epsilon;
            squared[i] = length * length;
        }
        return squared;
    }

    static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }
}
