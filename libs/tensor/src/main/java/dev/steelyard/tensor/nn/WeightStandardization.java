package dev.steelyard.tensor.nn;

import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * Weight standardization (Qiao and others, arXiv:1903.10520): a layer computes with Ŵ, the weights of each output unit
 * less their mean and divided by their standard deviation; gradients flow through both. For layers that a normalization
 * follows, of any number of dimensions: [out, …]. There is no gain to learn; the normalization has one.
 *
 * @param variant which deviation, and where ε goes
 * @param epsilon ε, above 0
 */
public record WeightStandardization(Variant variant, double epsilon) implements Reparametrization {

    /** Of n weights of a unit with c = W − mean(W): what Ŵ = c/d is divided by. */
    public enum Variant {
        /** d = √(Σc²/(n−1)) + ε, as published. */
        UNBIASED_OUTSIDE,
        /** d = √(Σc²/(n−1) + ε), as in the authors' ImageNet code. */
        UNBIASED_ROOT,
        /** d = √(Σc²/n + ε), as in timm and BiT. */
        BIASED_ROOT
    }

    public WeightStandardization {
        if (!(epsilon > 0)) {
            throw new IllegalArgumentException("epsilon: expected above 0, found " + epsilon);
        }
    }

    /** @throws IllegalArgumentException naming the weight, when its units have one value each and so no deviation */
    @Override
    public Weight create(ParameterStore store, String name, Supplier<Tensor> initial) {
        Tensor weight = store.parameter(name, initial);
        long inputs = weight.numel() / weight.size(0);
        if (inputs < 2) {
            throw new IllegalArgumentException(
                    name + ": one value for each output has no deviation; leave this layer out of standardization");
        }
        return FusedStandardization.fits(weight)
                ? new FusedStandardization(this, store, weight)
                : () -> standardized(weight);
    }

    /** d of a unit of n weights, from Σc². */
    double divisor(double squares, int n) {
        return switch (variant) {
            case UNBIASED_OUTSIDE -> Math.sqrt(squares / (n - 1)) + epsilon;
            case UNBIASED_ROOT -> Math.sqrt(squares / (n - 1) + epsilon);
            case BIASED_ROOT -> Math.sqrt(squares / n + epsilon);
        };
    }

    /** k in ∂d/∂c = k·c; 0 where all weights are equal. */
    double slope(double squares, int n) {
        return switch (variant) {
            case UNBIASED_OUTSIDE -> squares == 0 ? 0 : 1 / Math.sqrt(squares * (n - 1));
            case UNBIASED_ROOT -> 1 / ((n - 1) * divisor(squares, n));
            case BIASED_ROOT -> 1 / (n * divisor(squares, n));
        };
    }

    /** Ŵ of W, both [out, …]. */
    public Tensor standardized(Tensor w) {
        Tensor rows = w.flatten(1, -1); // [out, n]
        Tensor c = rows.sub(rows.mean(new long[] {1}, true, new ScalarTypeOptional()));
        long n = c.size(1);
        Tensor d = switch (variant) {
            case UNBIASED_OUTSIDE ->
                c.norm(new ScalarOptional(new Scalar(2.0)), new long[] {1}, true)
                        .mul(new Scalar(1 / Math.sqrt(n - 1.0)))
                        .add(new Scalar(epsilon));
            case UNBIASED_ROOT -> root(c, n - 1);
            case BIASED_ROOT -> root(c, n);
        };
        return c.div(d).view_as(w);
    }

    private Tensor root(Tensor c, long count) {
        return c.square()
                .sum(new long[] {1}, true, new ScalarTypeOptional())
                .mul(new Scalar(1.0 / count))
                .add(new Scalar(epsilon))
                .sqrt();
    }
}
