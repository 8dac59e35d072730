package dev.steelyard.models;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.tensor.ScalarTypes;
import dev.steelyard.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * Weights where they lie in a mapped checkpoint: nothing is copied, and nothing may be used after the checkpoint is
 * closed.
 */
public record CheckpointWeights(Checkpoint checkpoint) implements Weights {

    @Override
    public boolean contains(String name) {
        return checkpoint.tensor(name).isPresent();
    }

    @Override
    public Tensor load(String name, long... shape) throws ArtifactException {
        TensorInfo info = checkpoint.tensor(name).orElseThrow(() -> checkpoint.refuse(name, "missing"));
        long[] found = info.shape().stream().mapToLong(Long::longValue).toArray();
        if (!Arrays.equals(found, shape)) {
            throw checkpoint.refuse(name, "expected " + Arrays.toString(shape) + ", found " + Arrays.toString(found));
        }
        if (!info.dtype().isFloat()) {
            throw checkpoint.refuse(name, "expected floating point, found " + info.dtype());
        }
        return Tensors.view(checkpoint.data(name), ScalarTypes.of(info.dtype()), found);
    }
}
