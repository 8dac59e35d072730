package dev.steelyard.tensor.nn;

import dev.steelyard.tensor.NoGrad;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Normalizes each channel (dimension 1) by mean and variance of the batch while training, by their running averages
 * otherwise (Ioffe and Szegedy, arXiv:1502.03167). ε = 1e-5, running averages move by 0.1.
 */
public final class BatchNorm implements Layer {
    private static final double EPSILON = 1e-5;
    private static final double MOMENTUM = 0.1;

    private final Tensor weight; // [channels]
    private final Tensor bias; // [channels]
    private final Tensor mean; // [channels]
    private final Tensor variance; // [channels]
    private final Tensor batches; // scalar, Long
    private final BooleanSupplier kept;

    private BatchNorm(ParameterStore store, String prefix, long channels, BooleanSupplier kept) {
        this.kept = kept;
        weight = store.parameter(prefix + ".weight", () -> torch.ones(channels));
        bias = store.parameter(prefix + ".bias", () -> torch.zeros(channels));
        mean = store.buffer(prefix + ".running_mean", () -> torch.zeros(channels));
        variance = store.buffer(prefix + ".running_var", () -> torch.ones(channels));
        batches = store.buffer(
                prefix + ".num_batches_tracked", () -> torch.zeros(new long[0]).to(ScalarType.Long));
    }

    public static BatchNorm create(ParameterStore store, String prefix, long channels) {
        return create(store, prefix, channels, () -> false);
    }

    /** @param kept whether a batch that is trained on leaves the running averages as they are */
    public static BatchNorm create(ParameterStore store, String prefix, long channels, BooleanSupplier kept) {
        return new BatchNorm(store, prefix, channels, kept);
    }

    @Override
    public Tensor forward(Tensor x, Phase phase) {
        boolean training = phase == Phase.TRAINING;
        boolean keeps = kept.getAsBoolean();
        if (training && !keeps) {
            try (var _ = NoGrad.begin()) {
                batches.add_(new Scalar(1L));
            }
        }
        return torch.batch_norm(
                x,
                new TensorOptional(weight),
                new TensorOptional(bias),
                new TensorOptional(mean),
                new TensorOptional(variance),
                training,
                keeps ? 0 : MOMENTUM, // by 0 they move to themselves, bit for bit
                EPSILON,
                false);
    }
}
