package dev.steelyard.tensor.nn;

import dev.steelyard.tensor.train.RandomTensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Two-dimensional convolution with a square kernel: [batch, in, height, width] to [batch, out, …]. */
public final class Convolution implements Layer {
    private final Tensor weight; // [out, in, kernel, kernel]
    private final Tensor bias; // [out]
    private final long stride;
    private final long padding;

    private Convolution(Tensor weight, Tensor bias, long stride, long padding) {
        this.weight = weight;
        this.bias = bias;
        this.stride = stride;
        this.padding = padding;
    }

    /** Weight and bias uniform on ±1/√(in·kernel²); padded so that stride 1 keeps the size for odd kernels. */
    public static Convolution create(
            ParameterStore store, String prefix, RandomTensors random, long in, long out, long kernel, long stride) {
        double bound = 1 / Math.sqrt((double) (in * kernel * kernel));
        return new Convolution(
                store.parameter(prefix + ".weight", () -> random.uniform(bound, out, in, kernel, kernel)),
                store.parameter(prefix + ".bias", () -> random.uniform(bound, out)),
                stride,
                kernel / 2);
    }

    @Override
    public Tensor forward(Tensor x, Phase phase) {
        return torch.conv2d(
                x,
                weight,
                new TensorOptional(bias),
                new long[] {stride, stride},
                new long[] {padding, padding},
                new long[] {1, 1},
                1);
    }
}
