package dev.steelyard.quantizer.grid;

import dev.steelyard.tensor.kernels.FloatFormat;
import dev.steelyard.tensor.kernels.Kernels;
import dev.steelyard.tensor.kernels.QuantizeKernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Sums up, for several group sizes at once, how wide the range is that one scale must cover. A row is read once: ranges
 * of larger groups are found from those of smaller ones. One object for each thread and block of rows.
 */
public final class GroupRanges {
    private final QuantizeKernels kernels = Kernels.best().quantize();
    private final FloatFormat format;
    private final int cols;
    private final int[] sizes;
    private final float[] weights; // [cols]
    private final float[] ranges; // [cols / finest]
    private final double[] squares; // [sizes]
    private long rows;

    /**
     * @param sizes group sizes, coarse to fine, each a divisor of the one before and the first of {@code cols}
     */
    public GroupRanges(FloatFormat format, int cols, int[] sizes) {
        int last = cols;
        for (int size : sizes) {
            if (size < 1 || last % size != 0) {
                throw new IllegalArgumentException("group sizes %s of %d columns: each must divide the one before"
                        .formatted(Arrays.toString(sizes), cols));
            }
            last = size;
        }
        this.format = format;
        this.cols = cols;
        this.sizes = sizes.clone();
        weights = new float[cols];
        ranges = new float[cols / last];
        squares = new double[sizes.length];
    }

    /**
     * Takes one row into account.
     *
     * @return false when a weight is not finite
     */
    public boolean add(MemorySegment source, long offset) {
        kernels.widen(format, source, offset, weights, cols);
        int size = sizes[sizes.length - 1];
        int n = cols / size;
        for (int g = 0; g < n; g++) {
            ranges[g] = kernels.absMax(weights, g * size, size);
            if (!Float.isFinite(ranges[g])) {
                return false;
            }
        }
        squares[sizes.length - 1] += meanSquare(n);
        for (int level = sizes.length - 2; level >= 0; level--) {
            n = merge(n, sizes[level] / sizes[level + 1]);
            squares[level] += meanSquare(n);
        }
        rows++;
        return true;
    }

    private int merge(int n, int factor) {
        for (int g = 0; g < n / factor; g++) {
            float widest = 0;
            for (int i = g * factor; i < (g + 1) * factor; i++) {
                widest = Math.max(widest, ranges[i]);
            }
            ranges[g] = widest;
        }
        return n / factor;
    }

    private double meanSquare(int n) {
        double sum = 0;
        for (int g = 0; g < n; g++) {
            sum += (double) ranges[g] * ranges[g];
        }
        return sum / n;
    }

    /** Takes in what another object has seen of the same matrix. */
    public void add(GroupRanges other) {
        for (int i = 0; i < squares.length; i++) {
            squares[i] += other.squares[i];
        }
        rows += other.rows;
    }

    /**
     * Root mean square over all groups of the matrix of max|w|, for each size. Rounding noise is proportional to it.
     */
    public double[] rootMeanSquare() {
        return Arrays.stream(squares).map(s -> Math.sqrt(s / Math.max(1, rows))).toArray();
    }
}
