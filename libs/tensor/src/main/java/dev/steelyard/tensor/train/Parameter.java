package dev.steelyard.tensor.train;

import org.bytedeco.pytorch.Tensor;

/**
 * A weight to train, under the name it has in checkpoints.
 *
 * @param value a leaf that requires gradients; optimizers write to it in place
 */
public record Parameter(String name, Tensor value) {

    /** Whether no value is infinite or not a number. */
    public boolean isFinite() {
        return value.isfinite().all().item_bool();
    }
}
