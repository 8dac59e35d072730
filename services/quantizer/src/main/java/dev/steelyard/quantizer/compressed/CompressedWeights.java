package dev.steelyard.quantizer.compressed;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.models.Weights;
import dev.steelyard.tensor.Tensors;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Weights of a checkpoint in the compressed-tensors layout, as a model wants them: packed matrices are dequantized into
 * single precision, all else is used where it lies.
 *
 * @param checkpoint must outlive what is loaded
 */
public record CompressedWeights(Checkpoint checkpoint) implements Weights {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
    private static final String SUFFIX = ".weight";

    @Override
    public boolean contains(String name) {
        return checkpoint.tensor(name).isPresent() || isPacked(name);
    }

    @Override
    public Tensor load(String name, long... shape) throws IOException {
        if (!isPacked(name) || shape.length != 2) {
            return new CheckpointWeights(checkpoint).load(name, shape);
        }
        PackedWeight weight = PackedWeight.read(checkpoint, module(name), Math.toIntExact(shape[1]));
        var reader = new RowReader(checkpoint, weight);
        Tensor tensor = torch.empty(new long[] {weight.rows(), weight.cols()}, Tensors.options(ScalarType.Float), null);
        MemorySegment values = Tensors.segment(tensor);
        float[] row = new float[weight.cols()];
        for (int r = 0; r < weight.rows(); r++) {
            reader.read(r, row);
            MemorySegment.copy(row, 0, values, FLOAT, (long) r * row.length * Float.BYTES, row.length);
        }
        return tensor;
    }

    private boolean isPacked(String name) {
        return name.endsWith(SUFFIX) && PackedWeight.isIn(checkpoint, module(name));
    }

    private static String module(String name) {
        return name.substring(0, name.length() - SUFFIX.length());
    }
}
