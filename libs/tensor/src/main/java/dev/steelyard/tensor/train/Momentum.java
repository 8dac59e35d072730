package dev.steelyard.tensor.train;

import dev.steelyard.tensor.Tensors;
import java.lang.foreign.MemorySegment;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Momentum of stochastic gradient descent: b ← μb + (1 − dampening)g.
 *
 * @param rate μ, [0, 1); 0: none
 * @param dampening [0, 1)
 * @param nesterov move along g + μb instead of b
 */
public record Momentum(double rate, double dampening, boolean nesterov) {

    public Momentum {
        if (!(rate >= 0 && rate < 1) || !(dampening >= 0 && dampening < 1)) {
            throw new IllegalArgumentException(
                    "expected momentum and dampening in [0, 1), found %s and %s".formatted(rate, dampening));
        }
    }

    public static Momentum of(double rate) {
        return new Momentum(rate, 0, false);
    }

    /**
     * Takes a gradient into the buffer and gives the direction: the buffer itself, or with nesterov a new tensor.
     *
     * @param taken the gradient's share, 1 − dampening
     */
    Tensor update(Tensor buffer, Tensor g, double taken) {
        buffer.mul_(new Scalar(rate)).add_(g, new Scalar(taken));
        return nesterov ? g.add(buffer, new Scalar(rate)) : buffer;
    }

    /** The same run by run, in single precision. */
    Direction direction(Tensor buffer, Tensor g, double taken) {
        return new Runs(this, Tensors.segment(g), Tensors.segment(buffer), (float) taken);
    }

    private record Runs(Momentum rule, MemorySegment g, MemorySegment buffer, float taken) implements Direction {
        @Override
        public void advance(long offset, int n) {
            FloatRows.average(buffer, g, offset, n, (float) rule.rate, taken);
        }

        @Override
        public void read(long offset, int n, float[] u) {
            FloatRows.combine(u, buffer, g, offset, n, rule.nesterov ? (float) rule.rate : 1, rule.nesterov ? 1 : 0);
        }

        @Override
        public void projected(long offset, int n, float[] u) {
            if (!rule.nesterov) {
                FloatRows.store(u, buffer, offset, n);
            }
        }
    }
}
