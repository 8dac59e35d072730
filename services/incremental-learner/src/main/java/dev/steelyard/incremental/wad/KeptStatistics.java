package dev.steelyard.incremental.wad;

import dev.steelyard.tensor.nn.BatchNorm;
import dev.steelyard.tensor.nn.Layer;
import dev.steelyard.tensor.nn.Normalization;
import dev.steelyard.tensor.nn.ParameterStore;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Batch normalization whose running statistics can be kept as they are while a batch is normalized by its own: images of
 * unknown classes then never enter what the network computes with later.
 */
final class KeptStatistics implements Normalization {
    private boolean kept;

    /** What is computed inside leaves running statistics alone. */
    Tensor keeping(Supplier<Tensor> computation) {
        kept = true;
        try {
            return computation.get();
        } finally {
            kept = false;
        }
    }

    @Override
    public Layer create(ParameterStore store, String prefix, long channels) {
        return BatchNorm.create(store, prefix, channels, () -> kept);
    }
}
