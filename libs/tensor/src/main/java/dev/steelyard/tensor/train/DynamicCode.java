package dev.steelyard.tensor.train;

import java.util.Arrays;

/**
 * 256 numbers from −1 (or 0) to 1 that stand close together near 0: seven decades, the i-th from above cut into half as
 * many cells as the one before, each cell's middle a number, and 0 and 1 besides (dynamic quantization, Dettmers et al.,
 * "8-bit Optimizers via Block-wise Quantization", arXiv:2110.02861, section 2).
 */
final class DynamicCode {
    static final int SIZE = 256;

    private static final int DECADES = 7;
    private static final int KEYS = 1 << 16;

    /** Both signs, for first moments: 2ⁱ cells in decade i. */
    static final DynamicCode SIGNED = new DynamicCode(true);

    /** From 0 on, for second moments: 2ⁱ⁺¹ cells in decade i. */
    static final DynamicCode UNSIGNED = new DynamicCode(false);

    private final boolean signed;
    private final float[] values;
    private final float[] boundaries = new float[SIZE - 1]; // between neighbours
    private final short[] least = new short[KEYS]; // smallest code of the floats with the same upper half

    private DynamicCode(boolean signed) {
        this.signed = signed;
        values = numbers(signed);
        for (int i = 0; i < boundaries.length; i++) {
            boundaries[i] = (values[i] + values[i + 1]) / 2;
        }
        for (int key = 0; key < KEYS; key++) {
            boolean negative = key >= KEYS / 2;
            float smallest = Float.intBitsToFloat(negative ? (key << 16) | 0xFFFF : key << 16);
            least[key] = Float.isNaN(smallest) ? 0 : (short) search(smallest);
        }
    }

    private static float[] numbers(boolean signed) {
        float[] numbers = new float[SIZE];
        int at = 0;
        for (int decade = 0; decade < DECADES; decade++) {
            int cells = 1 << (signed ? decade : decade + 1);
            double top = Math.pow(10, decade - (DECADES - 1));
            for (int cell = 0; cell < cells; cell++) {
                double middle = 0.1 + 0.9 * (cell + 0.5) / cells;
                numbers[at++] = (float) (top * middle);
                if (signed) {
                    numbers[at++] = (float) (-top * middle);
                }
            }
        }
        numbers[at++] = 0;
        numbers[at++] = 1;
        Arrays.sort(numbers);
        return numbers;
    }

    private int search(float x) {
        int code = 0;
        while (code < boundaries.length && x > boundaries[code]) {
            code++;
        }
        return code;
    }

    /** Whether there are negative numbers. */
    boolean signed() {
        return signed;
    }

    /** @param code 0 to 255 */
    float value(int code) {
        return values[code];
    }

    /**
     * Code of the nearest number, of two the smaller.
     *
     * @param x −1 to 1
     */
    int nearest(float x) {
        int code = least[Float.floatToRawIntBits(x) >>> 16];
        while (code < boundaries.length && x > boundaries[code]) {
            code++;
        }
        return code;
    }
}
