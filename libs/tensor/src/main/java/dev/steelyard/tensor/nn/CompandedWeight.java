package dev.steelyard.tensor.nn;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * w = Ψ(v) = a·arctan(v/b). Odd, strictly increasing, |w| < aπ/2; Ψ'(v) = (a/b)/(1 + (v/b)²).
 *
 * @param v what is trained, of the weight's shape, Float or Double
 * @param logA log a, a scalar
 * @param logB log b, a scalar
 * @param deviation σ of the initial weight, which a and b were taken from
 */
public record CompandedWeight(Tensor v, Tensor logA, Tensor logB, double deviation) implements Weight {

    public CompandedWeight {
        ScalarType type = v.scalar_type().intern();
        if (type != ScalarType.Float && type != ScalarType.Double) {
            throw new IllegalArgumentException("v: expected Float or Double, found " + type);
        }
    }

    /** Ψ(v), with gradients for v and, where they ask for them, log a and log b. */
    @Override
    public Tensor value() {
        return torch.atan(v.div(logB.exp())).mul(logA.exp());
    }

    /** Scale of the weight. */
    public double a() {
        return Math.exp(logA.item_double());
    }

    /** Scale of what is trained. */
    public double b() {
        return Math.exp(logB.item_double());
    }

    /** aπ/2, which no weight reaches. */
    public double bound() {
        return a() * Math.PI / 2;
    }
}
