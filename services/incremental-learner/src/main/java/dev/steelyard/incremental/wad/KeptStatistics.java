package dev.steelyard.incremental.wad;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.nn.Layer;
import dev.steelyard.tensor.nn.Normalization;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Phase;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Batch normalization whose running statistics can be kept as they are while a batch is normalized by its own: images of
 * unknown classes then never enter what the network computes with later.
 */
final class KeptStatistics implements Normalization {
    private static final double EPSILON = 1e-5;
    private static final double MOMENTUM = 0.1;

    private boolean kept;

    /** What is computed inside leaves running statistics alone. */
    Tensor keeping(Supplier<Tensor> computation) {
        kept = true;
        try {
            return computation.get();
        } finally {
            kept = false;
        }
    }

    @Override
    public Layer create(ParameterStore store, String prefix, long channels) {
        Tensor weight = store.parameter(prefix + ".weight", () -> torch.ones(channels));
        Tensor bias = store.parameter(prefix + ".bias", () -> torch.zeros(channels));
        Tensor mean = store.buffer(prefix + ".running_mean", () -> torch.zeros(channels));
        Tensor variance = store.buffer(prefix + ".running_var", () -> torch.ones(channels));
        Tensor batches = store.buffer(
                prefix + ".num_batches_tracked", () -> torch.zeros(new long[0]).to(ScalarType.Long));
        return (x, phase) -> {
            boolean training = phase == Phase.TRAINING;
            if (training && !kept) {
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
                    kept ? 0 : MOMENTUM, // by 0 they move to themselves, bit for bit
                    EPSILON,
                    false);
        };
    }
}
