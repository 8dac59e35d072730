package dev.steelyard.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;

/** Checks that state what a tensor must look like. */
public final class Shapes {
    /** Stands for any size in {@link #require}. */
    public static final long ANY = -1;

    private Shapes() {}

    /** Sizes of all dimensions; empty for a scalar. */
    public static long[] of(Tensor tensor) {
        long[] sizes = new long[(int) tensor.dim()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = tensor.size(i);
        }
        return sizes;
    }

    /**
     * @param name what the message calls the tensor
     * @param expected size of each dimension, {@link #ANY} where it is free
     * @return the tensor
     * @throws ShapeException when it has another shape
     */
    public static Tensor require(String name, Tensor tensor, long... expected) {
        long[] found = of(tensor);
        boolean fits = found.length == expected.length;
        for (int i = 0; fits && i < expected.length; i++) {
            fits = expected[i] == ANY || expected[i] == found[i];
        }
        if (!fits) {
            throw new ShapeException(name, describe(expected), found);
        }
        return tensor;
    }

    /**
     * Number of elements.
     *
     * @throws IllegalArgumentException when a size is negative or the product does not fit a long
     */
    public static long count(long... shape) {
        long count = 1;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("negative size in " + Arrays.toString(shape));
            }
            try {
                count = Math.multiplyExact(count, size);
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("too many elements in " + Arrays.toString(shape), e);
            }
        }
        return count;
    }

    private static String describe(long[] expected) {
        return Arrays.stream(expected)
                .mapToObj(size -> size == ANY ? "*" : Long.toString(size))
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
