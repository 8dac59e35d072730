package dev.steelyard.models.llama;

import dev.steelyard.models.Weights;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.nn.Weight;
import dev.steelyard.tensor.train.RandomTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Puts a model's parameters into a store.
 *
 * @param form of attention's and feed-forward layers' matrices
 * @param eps of norms
 */
record ParameterSource(ParameterStore store, Reparametrization form, Initial initial, double eps) {
    private static final double DEVIATION = 0.02;

    /** The value a parameter starts from, Float. */
    interface Initial {
        Tensor of(String name, long... shape);
    }

    /** Matrices normal with deviation 0.02, gains 1, as transformers begins. */
    static Initial random(RandomTensors random) {
        return (_, shape) -> shape.length == 1 ? torch.ones(shape) : random.normal(DEVIATION, shape);
    }

    /** From a checkpoint; failures are an {@link UncheckedIOException}. */
    static Initial loaded(Weights weights) {
        return (name, shape) -> {
            try {
                return weights.load(name, shape).to(ScalarType.Float, false, true, null);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    /** [out, in] */
    Weight linear(String name, long out, long in) {
        return form.create(store, name, () -> initial.of(name, out, in));
    }

    Tensor plain(String name, long... shape) {
        return store.parameter(name, () -> initial.of(name, shape));
    }

    RmsNorm norm(String name, long size) {
        return new RmsNorm(plain(name, size), eps);
    }
}
