package dev.steelyard.tensor.nn;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Normalizes groups of channels of each sample by their own mean and biased variance, then scales and shifts each channel
 * (Wu and He, arXiv:1803.08494). ε = 1e-5. The same in training and evaluation.
 */
public final class GroupNorm implements Layer {
    /** Added to variances. */
    public static final double EPSILON = 1e-5;

    private final Tensor weight; // [channels]
    private final Tensor bias; // [channels]
    private final int groups;

    private GroupNorm(Tensor weight, Tensor bias, int groups) {
        this.weight = weight;
        this.bias = bias;
        this.groups = groups;
    }

    /** Under {@code prefix.weight} and {@code prefix.bias}, starting at 1 and 0. */
    public static Normalization of(Grouping grouping) {
        return (store, prefix, channels) -> new GroupNorm(
                store.parameter(prefix + ".weight", () -> torch.ones(channels)),
                store.parameter(prefix + ".bias", () -> torch.zeros(channels)),
                grouping.of(prefix, channels));
    }

    @Override
    public Tensor forward(Tensor x, Phase phase) {
        return torch.group_norm(x, groups, new TensorOptional(weight), new TensorOptional(bias), EPSILON, false);
    }
}
