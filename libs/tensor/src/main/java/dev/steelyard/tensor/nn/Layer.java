package dev.steelyard.tensor.nn;

import org.bytedeco.pytorch.Tensor;

/** One input to one output. */
@FunctionalInterface
public interface Layer {

    /** @return a tensor of the innermost open scope */
    Tensor forward(Tensor x, Phase phase);

    /** This layer, then another. */
    default Layer then(Layer next) {
        return (x, phase) -> next.forward(forward(x, phase), phase);
    }
}
