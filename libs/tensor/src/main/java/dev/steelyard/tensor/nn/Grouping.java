package dev.steelyard.tensor.nn;

import java.util.function.Consumer;

/**
 * Into how many groups the channels of a layer are parted.
 *
 * @param wanted groups, 1 or more
 * @param forced whether other channels than multiples of {@code wanted} are refused; otherwise the largest smaller number
 *     that divides them is taken
 * @param warnings told of each layer that has other groups than wanted
 */
public record Grouping(int wanted, boolean forced, Consumer<String> warnings) {

    public Grouping {
        if (wanted < 1) {
            throw new IllegalArgumentException("groups: expected 1 or more, found " + wanted);
        }
    }

    /**
     * Groups of one layer.
     *
     * @param layer what messages call it
     * @throws IllegalArgumentException naming the layer, when {@code wanted} is forced and does not divide its channels
     */
    public int of(String layer, long channels) {
        int groups = wanted;
        while (channels % groups != 0) {
            groups--;
        }
        if (groups != wanted) {
            if (forced) {
                throw new IllegalArgumentException(
                        "%s: %d channels are not divided by %d groups".formatted(layer, channels, wanted));
            }
            warnings.accept(
                    "warning: %s: %d channels in %d groups instead of %d".formatted(layer, channels, groups, wanted));
        }
        return groups;
    }
}
