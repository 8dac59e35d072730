package dev.steelyard.models.llama;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** y = g ∘ x / √(mean(x²) + ε) over the last dimension (Zhang and Sennrich, arXiv:1910.07467, eq. 4). */
record RmsNorm(Tensor gain, double eps) {

    Tensor forward(Tensor x) {
        return torch.rms_norm(x, new long[] {gain.size(0)}, new TensorOptional(gain), new DoubleOptional(eps));
    }
}
