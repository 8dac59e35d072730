package dev.steelyard.artifacts.dataset;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What Hugging Face's {@code datasets} says in a Parquet file's footer about its columns. */
final class ParquetFooter {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String KEY = "huggingface";

    private ParquetFooter() {}

    /** Names of the classes, where {@code label} is a ClassLabel; empty where the footer says nothing usable. */
    static Optional<LabelMap> classes(Map<String, String> metadata) {
        JsonNode names;
        try {
            names = JSON.readTree(metadata.getOrDefault(KEY, "{}")).at("/info/features/label/names");
        } catch (JacksonException e) {
            return Optional.empty();
        }
        SequencedMap<String, String> map = new LinkedHashMap<>();
        for (JsonNode name : names) {
            if (name.isString() && !name.stringValue().isBlank() && !map.containsValue(name.stringValue())) {
                map.put(Integer.toString(map.size()), name.stringValue());
            }
        }
        return map.isEmpty() || map.size() != names.size()
                ? Optional.empty()
                : Optional.of(new LabelMap(map, "the file's footer"));
    }
}
