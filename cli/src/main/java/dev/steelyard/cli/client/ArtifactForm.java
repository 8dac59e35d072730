package dev.steelyard.cli.client;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What files are to become.
 *
 * @param kind "model", "dataset" or "report"
 * @param weights type that the weights of a model in GGUF form are to have, "bf16" or "fp32"; empty: the gateway's choice
 */
public record ArtifactForm(String kind, Optional<String> weights) {

    /** An artifact of a kind. */
    public static ArtifactForm of(String kind) {
        return new ArtifactForm(kind, Optional.empty());
    }

    /** The fields of a request, to be added to. */
    Map<String, String> fields() {
        Map<String, String> fields = new TreeMap<>(Map.of("kind", kind));
        weights.ifPresent(type -> fields.put("weights", type));
        return fields;
    }
}
