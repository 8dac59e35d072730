package dev.steelyard.models.bert;

import dev.steelyard.models.Weights;
import dev.steelyard.tensor.nn.Linear;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Copies a checkpoint's weights into a store, in single precision; failures are an {@link UncheckedIOException}.
 *
 * @param form of linear layers' matrices
 */
record LoadedParameters(ParameterStore store, Reparametrization form, Weights weights) {

    Tensor plain(String name, long... shape) {
        return store.parameter(name, () -> copy(name, shape));
    }

    /** W [out, in] and b [out]. */
    Linear linear(String name, long out, long in) {
        return new Linear(
                form.create(store, name + ".weight", () -> copy(name + ".weight", out, in)),
                Optional.of(plain(name + ".bias", out)));
    }

    /** The first of two names that the checkpoint has. */
    String named(String first, String second) {
        return weights.contains(first) ? first : second;
    }

    private Tensor copy(String name, long... shape) {
        try {
            return weights.load(name, shape).to(ScalarType.Float, false, true, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
