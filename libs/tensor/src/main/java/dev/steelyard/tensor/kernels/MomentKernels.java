package dev.steelyard.tensor.kernels;

/**
 * Running moments of gradients that are kept as codes of a {@link DynamicCode}, block by block: decoded, updated and
 * encoded again. All implementations give the same bits; sums, products, quotients and roots are those of IEEE single
 * precision, none of them fused.
 */
public interface MomentKernels {

    /**
     * What the codes of a block stand for.
     *
     * @param codes a byte each
     * @param scale what 1 stands for, 0 or more
     * @param n numbers of the block
     * @param out takes them from index 0 on
     */
    void decode(DynamicCode code, byte[] codes, float scale, int n, float[] out);

    /**
     * Codes of {@code n} finite numbers, none below 0 where the code is unsigned. There a number above 0 never becomes
     * 0.
     *
     * @param codes takes them from index 0 on
     * @return what 1 stands for: the largest magnitude
     */
    float encode(DynamicCode code, float[] values, int n, byte[] codes);

    /**
     * How moments take a gradient in: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g².
     *
     * @param rest1 1 − β₁
     * @param rest2 1 − β₂
     */
    record Rule(float beta1, float rest1, float beta2, float rest2, float epsilon) {}

    /**
     * Updates the moments of a block.
     *
     * @param g gradient of {@code n} numbers; becomes m / (√v + ε)
     */
    void advance(Rule rule, float[] g, float[] m, float[] v, int n);
}
