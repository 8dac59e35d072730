package dev.steelyard.tensor.nn;

import org.bytedeco.pytorch.Tensor;

/**
 * The weight that a layer computes with: a parameter itself, or what a reparametrization makes of parameters. Taken anew
 * in each forward pass, so that gradients flow back to the parameters.
 */
@FunctionalInterface
public interface Weight {

    /** The weight as it is now, of the layer's shape; a parameter itself, or a tensor of the innermost open scope. */
    Tensor value();
}
