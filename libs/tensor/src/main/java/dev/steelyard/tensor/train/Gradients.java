package dev.steelyard.tensor.train;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** The gradients of some parameters as one vector. */
public final class Gradients {
    private Gradients() {}

    /** Euclidean length over all gradients; 0 where there are none. */
    public static double norm(List<Parameter> parameters) {
        double squares = 0;
        try (var _ = TensorScope.open()) {
            for (Parameter parameter : parameters) {
                Tensor g = parameter.value().grad();
                if (g.defined()) {
                    double norm = g.norm().item_double();
                    squares += norm * norm;
                }
            }
        }
        return Math.sqrt(squares);
    }

    /**
     * Scales all gradients down together so that their norm is at most {@code limit}.
     *
     * @param limit above 0
     * @return the norm before
     */
    public static double clip(List<Parameter> parameters, double limit) {
        if (!(limit > 0)) {
            throw new IllegalArgumentException("limit: expected above 0, found " + limit);
        }
        double norm = norm(parameters);
        if (norm > limit) {
            scale(parameters, limit / norm);
        }
        return norm;
    }

    private static void scale(List<Parameter> parameters, double factor) {
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            Scalar by = new Scalar(factor);
            for (Parameter parameter : parameters) {
                Tensor g = parameter.value().grad();
                if (g.defined()) {
                    g.mul_(by);
                }
            }
        }
    }
}
