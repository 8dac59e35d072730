package dev.steelyard.artifacts.dataset;

import java.util.Map;
import java.util.Optional;

/**
 * Feature vectors.
 *
 * @param values one row each, all finite
 * @param labels one for each row, if there are any
 * @param origin what the file says of how they were made, such as the encoder; may be empty
 */
public record FeatureSet(Matrix values, Optional<Labels> labels, Map<String, String> origin) implements Examples {

    /** Key of what the vectors are; vectors of one origin may be mixed. */
    public static final String ORIGIN = "origin";

    public FeatureSet {
        origin = Map.copyOf(origin);
        if (labels.isPresent() && labels.get().size() != values.rows()) {
            throw new IllegalArgumentException(
                    "%d labels for %d rows".formatted(labels.get().size(), values.rows()));
        }
    }

    @Override
    public int size() {
        return values.rows();
    }

    @Override
    public FeatureSet withoutLabels() {
        return new FeatureSet(values, Optional.empty(), origin);
    }

    @Override
    public String kind() {
        return "vectors of %d numbers".formatted(values.columns());
    }
}
