package dev.steelyard.tensor.kernels;

import java.util.Arrays;

/**
 * 256 numbers that stand close together near 0, for values up to 1: seven decades, the i-th from above cut into half as
 * many cells as the one before, each cell's middle a number, and 0 and 1 besides (dynamic quantization, Dettmers et al.,
 * "8-bit Optimizers via Block-wise Quantization", arXiv:2110.02861, section 2). The signed code has the cells' middles
 * with both signs, and no −1.
 *
 * <p>A number's rank is its place among those of its sign, counted from 0, whose rank is 0.
 */
public final class DynamicCode {
    /** Numbers of a code. */
    public static final int SIZE = 256;

    static final int DECADES = 7;
    private static final int KEYS = 1 << 15;

    /** Both signs, for first moments: 2ⁱ cells in decade i. */
    public static final DynamicCode SIGNED = new DynamicCode(true);

    /** From 0 on, for second moments: 2ⁱ⁺¹ cells in decade i. */
    public static final DynamicCode UNSIGNED = new DynamicCode(false);

    private final boolean signed;
    private final int zero; // code of 0
    private final float[] magnitudes; // by rank
    private final float[] boundaries; // above each rank, in the middle to the next; nothing is above the last
    private final float[] values = new float[SIZE]; // by code
    private final short[] least = new short[KEYS]; // smallest rank of the floats with the same upper half

    private DynamicCode(boolean signed) {
        this.signed = signed;
        magnitudes = magnitudes(signed);
        int last = magnitudes.length - 1;
        zero = SIZE - 1 - last;
        boundaries = new float[magnitudes.length];
        for (int rank = 0; rank < last; rank++) {
            boundaries[rank] = (magnitudes[rank] + magnitudes[rank + 1]) / 2;
        }
        boundaries[last] = Float.POSITIVE_INFINITY;
        for (int code = 0; code < SIZE; code++) {
            values[code] = code < zero ? -magnitudes[zero - code] : magnitudes[code - zero];
        }
        for (int key = 0; key < KEYS; key++) {
            float smallest = Float.intBitsToFloat(key << 16);
            int rank = 0;
            while (smallest > boundaries[rank]) {
                rank++;
            }
            least[key] = (short) rank;
        }
    }

    private static float[] magnitudes(boolean signed) {
        float[] all = new float[signed ? SIZE / 2 + 1 : SIZE];
        int at = 1;
        for (int decade = 0; decade < DECADES; decade++) {
            int cells = cells(signed, decade);
            double top = Math.pow(10, decade - (DECADES - 1));
            for (int cell = 0; cell < cells; cell++) {
                all[at++] = (float) (top * (0.1 + 0.9 * (cell + 0.5) / cells));
            }
        }
        all[at] = 1;
        return all;
    }

    private static int cells(boolean signed, int decade) {
        return 1 << (signed ? decade : decade + 1);
    }

    /** Cells in a decade, 0 the lowest. */
    int cells(int decade) {
        return cells(signed, decade);
    }

    /** Whether there are negative numbers. */
    public boolean signed() {
        return signed;
    }

    /** Code of 0. */
    public int zero() {
        return zero;
    }

    /** @param code 0 to 255 */
    public float value(int code) {
        return values[code];
    }

    /**
     * Code of the nearest number, of two the one nearer to 0.
     *
     * @param x −1 to 1; negative ones have no number but 0 in the unsigned code
     */
    public int nearest(float x) {
        int rank = rank(Math.abs(x));
        return x < 0 ? Math.max(0, zero - rank) : zero + rank;
    }

    /** Rank of the nearest number. */
    private int rank(float magnitude) {
        int rank = least[Float.floatToRawIntBits(magnitude) >>> 16];
        while (magnitude > boundaries[rank]) {
            rank++;
        }
        return rank;
    }

    /** Copies, for vectors to look up in: numbers by code. */
    float[] values() {
        return Arrays.copyOf(values, SIZE);
    }

    /** The boundary above each rank. */
    float[] boundaries() {
        return Arrays.copyOf(boundaries, boundaries.length);
    }
}
