package dev.steelyard.artifacts.safetensors;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What the header says of one tensor.
 *
 * @param name unique in its file
 * @param dtype element type
 * @param shape sizes, row major, outermost first; empty for a scalar
 */
public record TensorInfo(String name, DType dtype, List<Long> shape) {

    public TensorInfo {
        shape = List.copyOf(shape);
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException(name + ": negative size in " + shape);
            }
        }
    }

    /** A tensor of the given shape. */
    public static TensorInfo of(String name, DType dtype, long... shape) {
        return new TensorInfo(
                name, dtype, java.util.Arrays.stream(shape).boxed().toList());
    }

    /**
     * Elements.
     *
     * @throws ArithmeticException when the count passes 2⁶³
     */
    public long elements() {
        long count = 1;
        for (long size : shape) {
            count = Math.multiplyExact(count, size);
        }
        return count;
    }

    /**
     * Bytes of all elements.
     *
     * @throws ArithmeticException when their bits pass 2⁶³ or do not fill whole bytes
     */
    public long byteSize() {
        long bits = Math.multiplyExact(elements(), (long) dtype.bits());
        if (bits % Byte.SIZE != 0) {
            throw new ArithmeticException(bits + " bits are not whole bytes");
        }
        return bits / Byte.SIZE;
    }

    /** "[576, 1536]". */
    public String shapeText() {
        return shape.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    }
}
