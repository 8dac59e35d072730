package dev.steelyard.incremental.images;

import dev.steelyard.tensor.nn.Layer;
import org.bytedeco.pytorch.global.torch;

/** The non-linear layers of a network, by the name of the layer that each follows. */
@FunctionalInterface
public interface Activations {
    /** max(x, 0). */
    Activations RELU = (_, _) -> (x, _) -> torch.relu(x);

    /**
     * What follows a layer; keeps the shape of [batch, channels, …].
     *
     * @param name such as "layers.0"
     */
    Layer create(String name, long channels);
}
