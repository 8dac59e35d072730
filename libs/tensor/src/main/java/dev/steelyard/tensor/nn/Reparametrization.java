package dev.steelyard.tensor.nn;

import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * What is trained in place of a layer's weight: weight standardization, a companding function, a low-rank addition. A
 * layer asks it for its {@link Weight} when it is made; the parameters behind it go into the store.
 */
@FunctionalInterface
public interface Reparametrization {

    /** The weight itself is trained, under its own name. */
    Reparametrization NONE = (store, name, initial) -> {
        Tensor parameter = store.parameter(name, initial);
        return () -> parameter;
    };

    /**
     * A layer's weight.
     *
     * @param name of the weight in a plain checkpoint, such as {@code layers.0.conv.weight}
     * @param initial the weight to start from
     */
    Weight create(ParameterStore store, String name, Supplier<Tensor> initial);
}
