package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file {@code labels.json} of a data set: which labels there are and what they are called. Either a list of names,
 * whose positions are the labels, or an object from label to name.
 *
 * @param names by label
 * @param source where it stands, for messages
 */
record LabelMap(SequencedMap<String, String> names, String source) {
    static final String FILE = "labels.json";

    private static final long MAX_BYTES = 16L << 20;
    private static final JsonMapper JSON = new JsonMapper();

    /** Empty where the folder has none. */
    static Optional<LabelMap> read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new ArtifactException(FILE, null, "is larger than the %d bytes allowed".formatted(MAX_BYTES));
        }
        try {
            return Optional.of(of(JSON.readTree(file)));
        } catch (JacksonException e) {
            throw new ArtifactException(FILE, null, "is not valid JSON: " + e.getOriginalMessage());
        }
    }

    private static LabelMap of(JsonNode tree) throws ArtifactException {
        SequencedMap<String, String> names = new LinkedHashMap<>();
        if (tree.isArray()) {
            for (int i = 0; i < tree.size(); i++) {
                names.put(Integer.toString(i), name(tree.get(i)));
            }
        } else if (tree.isObject()) {
            for (Map.Entry<String, JsonNode> entry : tree.properties()) {
                names.put(entry.getKey(), name(entry.getValue()));
            }
        }
        if (names.isEmpty()) {
            throw new ArtifactException(FILE, null, "expected a list of names or an object from label to name");
        }
        if (new HashSet<>(names.values()).size() != names.size()) {
            throw new ArtifactException(FILE, null, "gives two labels the same name");
        }
        return new LabelMap(names, FILE);
    }

    private static String name(JsonNode node) throws ArtifactException {
        if (!node.isString() || node.stringValue().isBlank()) {
            throw new ArtifactException(FILE, null, "a name is " + node + ", expected text");
        }
        return node.stringValue();
    }
}
