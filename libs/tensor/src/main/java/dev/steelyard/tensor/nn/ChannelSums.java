package dev.steelyard.tensor.nn;

import dev.steelyard.tensor.Shares;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.kernels.Kernels;
import dev.steelyard.tensor.nn.FloatDeviations.Sums;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Moves estimated statistics by a batch in one pass over it; in single precision only. */
final class ChannelSums {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final MemorySegment values;
    private final int samples;
    private final int channels;
    private final int pixels;

    /** @param x [samples, channels, …], contiguous */
    ChannelSums(Tensor x) {
        values = Tensors.segment(x);
        samples = (int) x.size(0);
        channels = (int) x.size(1);
        pixels = (int) (x.numel() / ((long) samples * channels));
    }

    static boolean fits(Tensor x) {
        return Kernels.best().vectorized()
                && x.scalar_type().intern() == ScalarType.Float
                && x.numel() / x.size(0) / x.size(1) <= Integer.MAX_VALUE / 2;
    }

    /** μ̂ and σ̂² by ρ towards the batch's mean and its mean squared deviation from the old μ̂. */
    void move(Tensor mean, Tensor variance, double rho) {
        MemorySegment means = Tensors.segment(mean);
        MemorySegment variances = Tensors.segment(variance);
        double count = (double) samples * pixels;
        Shares.of(channels, values.byteSize() / Float.BYTES, (from, to) -> {
            for (int c = from; c < to; c++) {
                float center = means.getAtIndex(FLOAT, c);
                Sums sums = Sums.NONE;
                for (int i = 0; i < samples; i++) {
                    long offset = ((long) i * channels + c) * pixels * Float.BYTES;
                    sums = sums.plus(FloatDeviations.ofSquares(values, offset, pixels, center));
                }
                double old = variances.getAtIndex(FLOAT, c);
                means.setAtIndex(FLOAT, c, (float) (center + rho * sums.first() / count));
                variances.setAtIndex(FLOAT, c, (float) ((1 - rho) * old + rho * sums.second() / count));
            }
        });
    }
}
