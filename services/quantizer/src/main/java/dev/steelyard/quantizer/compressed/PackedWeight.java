package dev.steelyard.quantizer.compressed;

import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.quantizer.grid.Grid;
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
 * @param dtype of the matrix before, and of the scales
 * @param rows outputs
 * @param cols inputs
 * @param group weights that share a scale
 */
public record PackedWeight(String module, DType dtype, int rows, int cols, Grid grid, int group) {
    static final String PACKED = ".weight_packed";
    static final String SCALE = ".weight_scale";
    static final String ZERO = ".weight_zero_point";
    static final String SHAPE = ".weight_shape";

    /** Rows whose zero points share a word. */
    public int rowsPerZeroWord() {
        return Integer.SIZE / grid.bits();
    }

    /** Groups of a row. */
    public int groups() {
        return cols / group;
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
        return Math.ceilDiv(codes * grid.bits(), Integer.SIZE);
    }
}
