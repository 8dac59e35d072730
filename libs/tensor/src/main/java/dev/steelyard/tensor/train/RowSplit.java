package dev.steelyard.tensor.train;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A weight as row norms and directions, W = μ∘V̂, and its gradient along both: G = g_μ∘V̂ + G_V, each row of G_V
 * orthogonal to that of V̂ (weight normalization, Salimans and Kingma, arXiv:1602.07868, eq. 3, with ‖V_i‖ = μ_i, so that
 * no other copy of the weight is kept).
 *
 * @param gMu g_μ [out, 1]
 * @param gV G_V [out, in]
 */
record RowSplit(Tensor gMu, Tensor gV) {
    private static final double TINY = 1e-30;

    static RowSplit of(Tensor w, Tensor g) {
        Tensor unit = w.div(norms(w).clamp_min(new Scalar(TINY)));
        Tensor gMu = g.mul(unit).sum(new long[] {1}, true, null);
        return new RowSplit(gMu, g.sub(gMu.mul(unit)));
    }

    /** Directions of {@code next} with norms {@code mu}; a row that was 0 takes the norm it got. */
    static Tensor joined(Tensor w, Tensor next, Tensor mu) {
        Tensor stretch = mu.div(norms(next).clamp_min(new Scalar(TINY)));
        return next.mul(torch.where(norms(w).gt(new Scalar(0)), stretch, torch.ones_like(stretch)));
    }

    /** μ [out, 1] */
    static Tensor norms(Tensor w) {
        return w.mul(w).sum(new long[] {1}, true, null).sqrt_();
    }
}
