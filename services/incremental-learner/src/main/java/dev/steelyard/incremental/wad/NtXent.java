package dev.steelyard.incremental.wad;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The contrastive loss of SimCLR (arXiv:2002.05709): each view is to find the other view of its image among all others.
 *
 * <pre>ℓ = −(1/2B) Σᵢ log( e^(zᵢ·zᵢ⁺/τ) / (Σ_{j≠i} e^(zᵢ·zⱼ/τ) + 1e-8) + 1e-8 )</pre>
 */
final class NtXent {
    private static final double EPSILON = 1e-8;

    private NtXent() {}

    /**
     * The loss of a batch.
     *
     * @param z of length 1, [2B, d]; rows i and B + i are the views of one image
     * @param temperature τ, from 0.0113, below which e^(1/τ) is infinite
     */
    static Tensor of(Tensor z, double temperature) {
        long views = z.size(0);
        Tensor others = torch.eye(views, z.options()).neg().add(new Scalar(1.0));
        Tensor e = torch.matmul(z, z.t()).div(new Scalar(temperature)).exp().mul(others); // [2B, 2B]
        Tensor positive =
                torch.cat(new TensorVector(e.diagonal(views / 2, 0, 1), e.diagonal(-views / 2, 0, 1)), 0); // [2B]
        Tensor all = e.sum(1).add(new Scalar(EPSILON)); // [2B]
        return positive.div(all).add(new Scalar(EPSILON)).log().mean().neg();
    }

    /** z/(‖z‖ + 1e-8), row by row. */
    static Tensor normalized(Tensor z) {
        Tensor norm = z.norm(new ScalarOptional(new Scalar(2.0)), new long[] {1}, true);
        return z.div(norm.add(new Scalar(EPSILON)));
    }
}
