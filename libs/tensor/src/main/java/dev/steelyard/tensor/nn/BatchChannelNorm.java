package dev.steelyard.tensor.nn;

import dev.steelyard.tensor.Shapes;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Batch-channel normalization (Qiao and others, arXiv:1903.10520): a batch normalization with a scale and shift for each
 * channel, then one of groups of channels of each sample with one scale and shift for each group. The first keeps a
 * channel from being constantly dead after ReLU, which the second alone allows.
 *
 * <p>Names and shapes are those of the authors: {@code prefix.bn.*} of the first step, {@code prefix.weight} and
 * {@code prefix.bias} [1, groups, 1] of the second.
 */
public final class BatchChannelNorm implements Layer {
    private final Layer batch;
    private final Tensor weight; // [1, groups, 1]
    private final Tensor bias; // [1, groups, 1]
    private final int groups;

    private BatchChannelNorm(Layer batch, Tensor weight, Tensor bias, int groups) {
        this.batch = batch;
        this.weight = weight;
        this.bias = bias;
        this.groups = groups;
    }

    /** With the statistics of the batch in the first step. */
    public static Normalization of(Grouping grouping) {
        return of(BatchNorm::create, grouping);
    }

    /** For batches of one or two images: with estimated statistics in the first step. */
    public static Normalization estimated(Grouping grouping, Estimates estimates) {
        return of((store, prefix, channels) -> EstimatedBatchNorm.create(store, prefix, channels, estimates), grouping);
    }

    private static Normalization of(Normalization first, Grouping grouping) {
        return (store, prefix, channels) -> {
            int groups = grouping.of(prefix, channels);
            Tensor weight = store.parameter(prefix + ".weight", () -> torch.ones(1, groups, 1));
            Tensor bias = store.parameter(prefix + ".bias", () -> torch.zeros(1, groups, 1));
            return new BatchChannelNorm(first.create(store, prefix + ".bn", channels), weight, bias, groups);
        };
    }

    /** To group normalization each group is one channel of more rows, so that its scale and shift are single numbers. */
    @Override
    public Tensor forward(Tensor x, Phase phase) {
        Tensor y = batch.forward(x, phase);
        long[] shape = Shapes.of(y);
        Tensor z = torch.group_norm(
                y.reshape(shape[0], groups, -1),
                groups,
                new TensorOptional(weight.view(groups)),
                new TensorOptional(bias.view(groups)),
                GroupNorm.EPSILON,
                false);
        return z.view(shape);
    }
}
