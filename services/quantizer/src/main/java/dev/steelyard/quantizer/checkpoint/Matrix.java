package dev.steelyard.quantizer.checkpoint;

import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.kernels.FloatFormat;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A weight matrix to quantize, as it lies in the mapped checkpoint.
 *
 * @param folder of the checkpoint, for messages
 * @param file name of its file, for messages
 * @param module name of its module
 * @param info [rows, cols] in a floating-point type
 * @param data row-major, little-endian
 */
public record Matrix(Path folder, String file, String module, TensorInfo info, MemorySegment data) {
    static final String SUFFIX = ".weight";

    /** Outputs. */
    public int rows() {
        return Math.toIntExact(info.shape().get(0));
    }

    /** Inputs. */
    public int cols() {
        return Math.toIntExact(info.shape().get(1));
    }

    public FloatFormat format() {
        return format(info.dtype());
    }

    long rowBytes() {
        return (long) cols() * format().bytes();
    }

    MethodException refuse(String detail) {
        return MethodException.tensor(file, info.name(), "%s: %s: %s".formatted(file, info.name(), detail))
                .in(folder);
    }

    /** Names the first weight of a row that is not finite. */
    MethodException notFinite(int row) {
        FloatFormat format = format();
        for (int c = 0; c < cols(); c++) {
            float w = format.get(data, row * rowBytes() + (long) c * format.bytes());
            if (!Float.isFinite(w)) {
                return refuse("row %d, column %d is %s; only finite weights can be quantized".formatted(row, c, w));
            }
        }
        throw new IllegalStateException(info.name() + ": row " + row + " is finite");
    }

    static boolean isQuantizable(DType dtype) {
        return dtype == DType.F32 || dtype == DType.F16 || dtype == DType.BF16;
    }

    private static FloatFormat format(DType dtype) {
        return switch (dtype) {
            case F32 -> FloatFormat.F32;
            case F16 -> FloatFormat.F16;
            case BF16 -> FloatFormat.BF16;
            default -> throw new IllegalArgumentException(dtype + " is not a type of weights");
        };
    }
}
