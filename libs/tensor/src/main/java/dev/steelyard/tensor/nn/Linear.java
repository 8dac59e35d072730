package dev.steelyard.tensor.nn;

import dev.steelyard.tensor.train.RandomTensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * y = xWᵀ + b.
 *
 * @param weight [out, in]
 * @param bias [out]
 */
public record Linear(Weight weight, Optional<Tensor> bias) implements Layer {

    /** Weight and bias uniform on ±1/√in, under {@code prefix.weight} and {@code prefix.bias}. */
    public static Linear create(ParameterStore store, String prefix, RandomTensors random, long in, long out) {
        return create(store, prefix, random, Reparametrization.NONE, in, out);
    }

    /** The same with another parametrization of the weight. */
    public static Linear create(
            ParameterStore store, String prefix, RandomTensors random, Reparametrization form, long in, long out) {
        double bound = 1 / Math.sqrt((double) in);
        return new Linear(
                form.create(store, prefix + ".weight", () -> random.uniform(bound, out, in)),
                Optional.of(store.parameter(prefix + ".bias", () -> random.uniform(bound, out))));
    }

    @Override
    public Tensor forward(Tensor x, Phase phase) {
        return bias.isPresent()
                ? torch.linear(x, weight.value(), new TensorOptional(bias.get()))
                : torch.linear(x, weight.value());
    }
}
