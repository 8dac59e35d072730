package dev.steelyard.tensor.nn;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Batch normalization by estimates of mean and variance that move a little with each batch, and that gradients do not flow
 * through: for batches too small to have statistics of their own (Qiao and others, arXiv:1903.10520). Training and
 * evaluation compute the same. ε = 1e-5.
 *
 * <p>With update rate ρ, a training batch moves μ̂ by ρ towards its mean and σ̂² by ρ towards its mean squared deviation
 * from the μ̂ before, and is normalized by the new ones. They start at 0 and 1, and ρ at 0: see {@link Estimates#rate}.
 */
public final class EstimatedBatchNorm implements Layer {
    private static final double EPSILON = 1e-5;

    private final Tensor weight; // [channels]
    private final Tensor bias; // [channels]
    private final Tensor mean; // [channels]
    private final Tensor variance; // [channels]
    private final Tensor rate; // [1]
    private Optional<PooledStatistics> pass = Optional.empty();

    private EstimatedBatchNorm(ParameterStore store, String prefix, long channels) {
        weight = store.parameter(prefix + ".weight", () -> torch.ones(channels));
        bias = store.parameter(prefix + ".bias", () -> torch.zeros(channels));
        mean = store.buffer(prefix + ".running_mean", () -> torch.zeros(channels));
        variance = store.buffer(prefix + ".running_var", () -> torch.ones(channels));
        rate = store.buffer(prefix + ".estbn_moving_speed", () -> torch.zeros(1));
    }

    /** @param estimates takes the new layer in */
    public static EstimatedBatchNorm create(ParameterStore store, String prefix, long channels, Estimates estimates) {
        var layer = new EstimatedBatchNorm(store, prefix, channels);
        estimates.add(layer);
        return layer;
    }

    @Override
    public Tensor forward(Tensor x, Phase phase) {
        if (phase == Phase.TRAINING) {
            try (var _ = NoGrad.begin();
                    var _ = TensorScope.open()) {
                move(x);
            }
        }
        return torch.batch_norm(
                x,
                new TensorOptional(weight),
                new TensorOptional(bias),
                new TensorOptional(mean),
                new TensorOptional(variance),
                false,
                0,
                EPSILON,
                false);
    }

    private void move(Tensor x) {
        if (pass.isPresent()) {
            var batch = statistics(x);
            pass.get().add(batch.get1(), batch.get0(), x.numel() / mean.numel());
            pass.get().copyTo(mean, variance);
            return;
        }
        double rho = Tensors.segment(rate).get(ValueLayout.JAVA_FLOAT, 0);
        if (rho > 0 && ChannelSums.fits(x)) {
            new ChannelSums(x.contiguous()).move(mean, variance, rho);
        } else if (rho > 0) {
            moveByOperations(x, rho);
        }
    }

    /** By mean((x − μ̂)²) = var(x) + (mean(x) − μ̂)². */
    void moveByOperations(Tensor x, double rho) {
        var batch = statistics(x);
        Tensor away = torch.sub(batch.get1(), mean);
        variance.lerp_(batch.get0().addcmul_(away, away), new Scalar(rho));
        mean.lerp_(batch.get1(), new Scalar(rho));
    }

    /** Biased variance, then mean of each channel. */
    private static T_TensorTensor_T statistics(Tensor x) {
        return torch.var_mean(x, channelwise(x), new ScalarOptional(new Scalar(0L)), false);
    }

    /** All dimensions but the channels'. */
    private static long[] channelwise(Tensor x) {
        return LongStream.range(0, x.dim()).filter(i -> i != 1).toArray();
    }

    void rate(double rho) {
        Tensors.segment(rate).set(ValueLayout.JAVA_FLOAT, 0, (float) rho);
    }

    void beginPass() {
        pass = Optional.of(new PooledStatistics((int) mean.numel()));
    }

    void endPass() {
        pass = Optional.empty();
    }
}
