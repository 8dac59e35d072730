package dev.steelyard.tensor.kernels;

import java.lang.foreign.MemorySegment;

/**
 * From floats to packed integers and back. A weight w becomes the integer q = clamp(round(w / s + z), −2^(b−1),
 * 2^(b−1) − 1), rounding ties to even, and is kept as its code q + 2^(b−1), an unsigned number of b bits; it is read
 * back as (q − z) · s, rounded to the format of s. Division, sum and product are those of IEEE single precision.
 *
 * <p>All implementations give the same bits, except for the sums of squares, whose terms may be added in another order.
 */
public interface QuantizeKernels {

    /**
     * Reads {@code n} numbers.
     *
     * @param offset of the first one in bytes
     * @param out takes them from index 0 on
     */
    void widen(FloatFormat format, MemorySegment source, long offset, float[] out, int n);

    /** The largest |w[i]| of {@code n} numbers, 0 of none; an infinity or NaN when one of them is not finite. */
    float absMax(float[] w, int from, int n);

    /** The smallest of {@code n} finite numbers and 0. */
    float minWithZero(float[] w, int from, int n);

    /** The largest of {@code n} finite numbers and 0. */
    float maxWithZero(float[] w, int from, int n);

    /**
     * Codes of {@code n} finite weights that share scale and zero point.
     *
     * @param scale s, above 0
     * @param zero z, an integer
     * @param bits b, 4 or 8
     * @param codes takes them at the same indices, a byte each
     */
    void encode(float[] w, int from, int n, float scale, float zero, int bits, byte[] codes);

    /**
     * What a reader of the codes sees.
     *
     * @param format of the scale, to which each product is rounded
     * @param out takes it at the same indices
     */
    void decode(byte[] codes, int from, int n, float scale, float zero, int bits, FloatFormat format, float[] out);

    /** Puts two codes of 4 bits into a byte, the first into the low half. {@code n} is even. */
    void pack4(byte[] codes, int n, byte[] packed);

    /** Takes {@code n} codes of 4 bits out of their bytes, {@code n} even. */
    void unpack4(byte[] packed, int n, byte[] codes);

    /** Σ a[i]² over the first {@code n} numbers. */
    double squaredNorm(float[] a, int n);

    /** Σ (a[i] − b[i])² over the first {@code n} numbers. */
    double squaredDistance(float[] a, float[] b, int n);
}
