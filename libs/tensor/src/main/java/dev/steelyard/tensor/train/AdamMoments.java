package dev.steelyard.tensor.train;

import dev.steelyard.tensor.Tensors;
import java.lang.foreign.MemorySegment;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The running moments that the Adam family shares.
 *
 * @param beta1 decay rate of the first moment, [0, 1)
 * @param beta2 decay rate of the second moment, [0, 1)
 * @param epsilon added to the denominator, above 0
 * @param nesterov look one step of the first moment ahead
 */
public record AdamMoments(double beta1, double beta2, double epsilon, boolean nesterov) {
    static final String FIRST = "exp_avg";
    static final String SECOND = "exp_avg_sq";

    public AdamMoments {
        if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1) || !(epsilon > 0)) {
            throw new IllegalArgumentException(
                    "expected beta1 and beta2 in [0, 1) and epsilon above 0, found %s, %s, %s"
                            .formatted(beta1, beta2, epsilon));
        }
    }

    /** β = (0.9, 0.999), ε = 1e-8, no look-ahead. */
    public static AdamMoments defaults() {
        return new AdamMoments(0.9, 0.999, 1e-8, false);
    }

    /** Takes a gradient in and gives the direction u = m / (√v/√(1−β₂ᵗ) + ε), a new tensor. */
    Tensor update(Slot slot, Tensor g) {
        Tensor m = slot.moment(FIRST);
        Tensor v = slot.moment(SECOND);
        m.mul_(new Scalar(beta1)).add_(g, new Scalar(1 - beta1));
        v.mul_(new Scalar(beta2)).addcmul_(g, g, new Scalar(1 - beta2));
        Tensor denominator = v.sqrt().div_(new Scalar(root(slot))).add_(new Scalar(epsilon));
        if (nesterov) {
            return m.mul(new Scalar(beta1)).add_(g, new Scalar(1 - beta1)).div_(denominator);
        }
        return m.div(denominator);
    }

    /** The same run by run, in single precision. */
    Direction direction(Slot slot, Tensor g) {
        return new Runs(
                this,
                Tensors.segment(g),
                Tensors.segment(slot.moment(FIRST)),
                Tensors.segment(slot.moment(SECOND)),
                (float) root(slot));
    }

    /** η / (1−β₁ᵗ). */
    double stepSize(Slot slot, double lr) {
        return lr / (1 - Math.pow(beta1, (double) slot.step));
    }

    /** √(1−β₂ᵗ). */
    private double root(Slot slot) {
        return Math.sqrt(1 - Math.pow(beta2, (double) slot.step));
    }

    private record Runs(AdamMoments rule, MemorySegment g, MemorySegment m, MemorySegment v, float root)
            implements Direction {
        @Override
        public void advance(long offset, int n) {
            FloatRows.average(m, g, offset, n, (float) rule.beta1, (float) (1 - rule.beta1));
            FloatRows.averageSquares(v, g, offset, n, (float) rule.beta2, (float) (1 - rule.beta2));
        }

        @Override
        public void read(long offset, int n, float[] u) {
            float share = rule.nesterov ? (float) rule.beta1 : 1;
            float ahead = rule.nesterov ? (float) (1 - rule.beta1) : 0;
            FloatRows.combine(u, m, g, offset, n, share, ahead);
            FloatRows.divideByRoot(u, v, offset, n, root, (float) rule.epsilon);
        }
    }
}
