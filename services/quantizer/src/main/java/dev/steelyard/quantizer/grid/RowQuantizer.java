package dev.steelyard.quantizer.grid;

import dev.steelyard.tensor.kernels.FloatFormat;
import dev.steelyard.tensor.kernels.Kernels;
import dev.steelyard.tensor.kernels.QuantizeKernels;
import java.lang.foreign.MemorySegment;

/**
 * Quantizes rows of one matrix, each independent of the others. Holds the working memory of one row; one object for
 * each thread.
 */
public final class RowQuantizer {
    private final QuantizeKernels kernels = Kernels.best().quantize();
    private final Grid grid;
    private final FloatFormat format;
    private final int cols;
    private final int group;
    private final float[] weights; // [cols]
    private final float[] readBack; // [cols]
    private final byte[] codes; // [cols, rounded up to whole words]
    private final byte[] packed;
    private final float[] scales; // [cols / group]
    private final byte[] zeros; // [cols / group]
    private double signal;
    private double noise;

    /**
     * @param format of the weights and the scales
     * @param cols inputs of the matrix
     * @param group weights that share a scale; divides {@code cols}
     */
    public RowQuantizer(Grid grid, FloatFormat format, int cols, int group) {
        if (cols < 1 || group < 1 || cols % group != 0) {
            throw new IllegalArgumentException("%d columns in groups of %d".formatted(cols, group));
        }
        this.grid = grid;
        this.format = format;
        this.cols = cols;
        this.group = group;
        int padded = Math.ceilDiv(cols * grid.bits(), Integer.SIZE) * Integer.SIZE / grid.bits();
        weights = new float[cols];
        readBack = new float[cols];
        codes = new byte[padded];
        packed = grid.bits() == 4 ? new byte[padded / 2] : codes;
        scales = new float[cols / group];
        zeros = new byte[cols / group];
    }

    /**
     * Quantizes one row.
     *
     * @param offset of the row in bytes
     * @return false when a weight is not finite; nothing can be read then
     */
    public boolean quantize(MemorySegment source, long offset) {
        kernels.widen(format, source, offset, weights, cols);
        for (int g = 0; g < scales.length; g++) {
            if (!chooseScale(g)) {
                return false;
            }
            int from = g * group;
            int zero = grid.symmetric() ? 0 : Byte.toUnsignedInt(zeros[g]) + grid.least();
            kernels.encode(weights, from, group, scales[g], zero, grid.bits(), codes);
            kernels.decode(codes, from, group, scales[g], zero, grid.bits(), format, readBack);
        }
        if (grid.bits() == 4) {
            kernels.pack4(codes, codes.length, packed);
        }
        signal = kernels.squaredNorm(weights, cols);
        noise = kernels.squaredDistance(weights, readBack, cols);
        return true;
    }

    private boolean chooseScale(int g) {
        float absMax = kernels.absMax(weights, g * group, group);
        if (!Float.isFinite(absMax)) {
            return false;
        }
        if (grid.symmetric()) {
            scales[g] = grid.scale(absMax, format);
            return true;
        }
        float min = kernels.minWithZero(weights, g * group, group);
        float max = kernels.maxWithZero(weights, g * group, group);
        scales[g] = grid.scale(min, max, format);
        zeros[g] = (byte) (grid.zero(min, scales[g]) - grid.least());
        return true;
    }

    /** Codes as stored: whole little-endian words, what is beyond the last column 0. */
    public byte[] packed() {
        return packed;
    }

    /** Scales, [cols / group], as numbers of the stored format. */
    public float[] scales() {
        return scales;
    }

    /** Zero points as codes z + 2^(b−1), a byte each, [cols / group]; meaningless on a symmetric grid. */
    public byte[] zeroCodes() {
        return zeros;
    }

    /** Σ w² of the row. */
    public double signal() {
        return signal;
    }

    /** Σ (w − ŵ)² of the row, where ŵ is what a reader sees. */
    public double noise() {
        return noise;
    }
}
