package dev.steelyard.quantizer.compressed;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.quantizer.grid.Grid;
import dev.steelyard.tensor.kernels.FloatFormat;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors that stand for one quantized matrix [rows, cols] of a module.
 *
 * <p>{@code weight_packed} I32 [rows, ⌈cols · b / 32⌉]: codes q + 2^(b−1), the first in the low bits. {@code weight_scale}
 * in the matrix's own type, [rows, groups]. {@code weight_zero_point} I32 [⌈rows · b / 32⌉, groups], on asymmetric grids
 * only: codes z + 2^(b−1) of neighbouring rows in a word, the first in the low bits. {@code weight_shape} I64 [2].
 *
 * @param module name of the module, the tensor's without ".weight"
 * @param dtype of the matrix before, and of the scales: F32, F16 or BF16
 * @param rows outputs
 * @param cols inputs
 * @param group weights that share a scale
 */
public record PackedWeight(String module, DType dtype, int rows, int cols, Grid grid, int group) {
    private static final String PACKED = ".weight_packed";
    private static final String SCALE = ".weight_scale";
    private static final String ZERO = ".weight_zero_point";
    private static final String SHAPE = ".weight_shape";

    /** Whether a module is stored packed. */
    public static boolean isIn(Checkpoint checkpoint, String module) {
        return checkpoint.tensor(module + PACKED).isPresent();
    }

    /**
     * The weight of a module as a checkpoint stores it: bits and group follow from the tensors' shapes.
     *
     * @param cols inputs of the module
     * @throws ArtifactException when the tensors do not go together
     */
    public static PackedWeight read(Checkpoint checkpoint, String module, int cols) throws ArtifactException {
        TensorInfo packed = require(checkpoint, module + PACKED);
        TensorInfo scale = require(checkpoint, module + SCALE);
        boolean symmetric = checkpoint.tensor(module + ZERO).isEmpty();
        if (packed.shape().size() == 2 && scale.shape().size() == 2) {
            int rows = Math.toIntExact(packed.shape().get(0));
            long groups = scale.shape().get(1);
            for (int bits : new int[] {4, 8}) {
                if (packed.shape().get(1) == Math.ceilDiv((long) cols * bits, Integer.SIZE)
                        && groups > 0
                        && cols % groups == 0) {
                    int group = (int) (cols / groups);
                    var weight = new PackedWeight(module, scale.dtype(), rows, cols, new Grid(bits, symmetric), group);
                    weight.requireIn(checkpoint);
                    return weight;
                }
            }
        }
        throw checkpoint.refuse(
                packed.name(),
                "%s and scales %s are no packed matrix of %d inputs"
                        .formatted(packed.shapeText(), scale.shapeText(), cols));
    }

    private static TensorInfo require(Checkpoint checkpoint, String name) throws ArtifactException {
        return checkpoint.tensor(name).orElseThrow(() -> checkpoint.refuse(name, "missing"));
    }

    private void requireIn(Checkpoint checkpoint) throws ArtifactException {
        for (TensorInfo expected : tensors()) {
            TensorInfo found = require(checkpoint, expected.name());
            if (!found.equals(expected)) {
                throw checkpoint.refuse(
                        found.name(),
                        "expected %s %s, found %s %s"
                                .formatted(expected.dtype(), expected.shapeText(), found.dtype(), found.shapeText()));
            }
        }
    }

    /** Rows whose zero points share a word. */
    int rowsPerZeroWord() {
        return Integer.SIZE / grid.bits();
    }

    /** Groups of a row. */
    public int groups() {
        return cols / group;
    }

    /** How scales, and what is read back, are stored. */
    public FloatFormat format() {
        return FloatFormat.valueOf(dtype.name());
    }

    public TensorInfo packed() {
        return TensorInfo.of(module + PACKED, DType.I32, rows, words(cols));
    }

    public TensorInfo scale() {
        return TensorInfo.of(module + SCALE, dtype, rows, groups());
    }

    public TensorInfo zeroPoint() {
        return TensorInfo.of(module + ZERO, DType.I32, words(rows), groups());
    }

    public TensorInfo shape() {
        return TensorInfo.of(module + SHAPE, DType.I64, 2);
    }

    /** All that are stored. */
    public List<TensorInfo> tensors() {
        List<TensorInfo> tensors = new ArrayList<>(List.of(packed(), scale()));
        if (!grid.symmetric()) {
            tensors.add(zeroPoint());
        }
        tensors.add(shape());
        return tensors;
    }

    /** Bytes of all that is stored. */
    public long bytes() {
        return tensors().stream().mapToLong(TensorInfo::byteSize).sum();
    }

    /** Bits stored for each weight: codes, scales and zero points. */
    public double bitsPerWeight() {
        return 8.0 * (bytes() - shape().byteSize()) / ((double) rows * cols);
    }

    private int words(int codes) {
        return Math.toIntExact(Math.ceilDiv((long) codes * grid.bits(), Integer.SIZE));
    }
}
