package dev.steelyard.tensor.nn;

import dev.steelyard.tensor.train.RandomTensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Two-dimensional convolution with a square kernel: [batch, in, height, width] to [batch, out, …].
 *
 * @param weight [out, in, kernel, kernel]
 * @param bias [out]
 * @param stride 1 or more
 * @param padding pixels of zeros added on each side
 */
public record Convolution(Weight weight, Optional<Tensor> bias, long stride, long padding) implements Layer {

    /** Weight and bias uniform on ±1/√(in·kernel²); padded so that stride 1 keeps the size for odd kernels. */
    public static Convolution create(
            ParameterStore store, String prefix, RandomTensors random, long in, long out, long kernel, long stride) {
        return create(store, prefix, random, Reparametrization.NONE, in, out, kernel, stride);
    }

    /** The same with another parametrization of the weight. */
    public static Convolution create(
            ParameterStore store,
            String prefix,
            RandomTensors random,
            Reparametrization form,
            long in,
            long out,
            long kernel,
            long stride) {
        double bound = 1 / Math.sqrt((double) (in * kernel * kernel));
        return new Convolution(
                form.create(store, prefix + ".weight", () -> random.uniform(bound, out, in, kernel, kernel)),
                Optional.of(store.parameter(prefix + ".bias", () -> random.uniform(bound, out))),
                stride,
                kernel / 2);
    }

    @Override
    public Tensor forward(Tensor x, Phase phase) {
        return torch.conv2d(
                x,
                weight.value(),
                bias.map(TensorOptional::new).orElseGet(TensorOptional::new),
                new long[] {stride, stride},
                new long[] {padding, padding},
                new long[] {1, 1},
                1);
    }
}
