package dev.steelyard.tensor.linalg;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The entries of a tensor that are largest, or smallest, in magnitude; exactly as many as asked for. Among equal ones
 * those that come first row after row are taken. Two passes count bits, a third collects: no sort, and nothing depends on
 * threads.
 */
public final class LargestEntries {
    private static final int HALF = 16;
    private static final int LOW = (1 << HALF) - 1;
    private static final int INFINITE = 0x7F800000;

    private LargestEntries() {}

    /**
     * Indices of the {@code count} largest |x|, ascending, row after row.
     *
     * @param x any shape, at most 2³¹ − 1 elements; compared in single precision
     * @param count 0 to the number of elements
     * @throws IllegalArgumentException when an entry is not a number
     */
    public static int[] of(Tensor x, long count) {
        return select(x, count, 0);
    }

    /** The same for the smallest |x|. */
    public static int[] smallest(Tensor x, long count) {
        return select(x, count, Integer.MAX_VALUE);
    }

    /** Bits of |x| as a whole number grow with |x|; turned over they fall. */
    private static int[] select(Tensor x, long count, int turned) {
        long elements = x.numel();
        if (elements > Integer.MAX_VALUE || count < 0 || count > elements) {
            throw new IllegalArgumentException(
                    "expected 0 to %d entries of at most 2³¹ − 1, found %d".formatted(elements, count));
        }
        try (var _ = TensorScope.open()) {
            MemorySegment bits = Tensors.segment(x.detach().to(ScalarType.Float).contiguous());
            return collect(bits, (int) elements, (int) count, turned);
        }
    }

    private static int[] collect(MemorySegment bits, int elements, int count, int turned) {
        if (count == 0) {
            return new int[0];
        }
        long[] upper = new long[1 << HALF];
        for (int i = 0; i < elements; i++) {
            int magnitude = magnitude(bits, i);
            if (magnitude > INFINITE) {
                throw new IllegalArgumentException("entry %d is not a number".formatted(i));
            }
            upper[(magnitude ^ turned) >>> HALF]++;
        }
        long missing = count;
        int high = upper.length - 1;
        while (upper[high] < missing) {
            missing -= upper[high--];
        }
        long[] lower = new long[1 << HALF];
        for (int i = 0; i < elements; i++) {
            int key = magnitude(bits, i) ^ turned;
            if (key >>> HALF == high) {
                lower[key & LOW]++;
            }
        }
        int low = lower.length - 1;
        while (lower[low] < missing) {
            missing -= lower[low--];
        }
        return from(bits, elements, new int[count], turned, high << HALF | low, missing);
    }

    /** All above the threshold, and the first {@code ties} equal to it. */
    private static int[] from(MemorySegment bits, int elements, int[] found, int turned, int threshold, long ties) {
        int at = 0;
        long left = ties;
        for (int i = 0; i < elements; i++) {
            int key = magnitude(bits, i) ^ turned;
            if (key > threshold || (key == threshold && left-- > 0)) {
                found[at++] = i;
            }
        }
        return found;
    }

    private static int magnitude(MemorySegment bits, int i) {
        return bits.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i) & Integer.MAX_VALUE;
    }
}
