package dev.steelyard.models.text;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What sentence-transformers' {@code modules.json} says a sentence goes through, one module after another. */
final class SentenceModules {
    private static final String FILE = "modules.json";
    private static final Set<String> KNOWN = Set.of("Transformer", "Pooling", "Normalize");
    private static final JsonMapper JSON = new JsonMapper();

    private SentenceModules() {}

    /**
     * Refuses modules that {@link SentenceEncoder} does not apply. A folder without the file has none; Normalize may be
     * there or not, for all vectors are of length 1.
     */
    static void requireKnown(Path folder) throws IOException {
        if (!Files.exists(folder.resolve(FILE))) {
            return;
        }
        JsonNode modules = modules(folder);
        for (int i = 0; i < modules.size(); i++) {
            String type = modules.get(i).path("type").asString("");
            if (!KNOWN.contains(type.substring(type.lastIndexOf('.') + 1))) {
                throw refuse(
                        folder,
                        "module %d: type %s is not applied; Transformer, Pooling and Normalize are"
                                .formatted(i, modules.get(i).path("type")));
            }
        }
    }

    private static JsonNode modules(Path folder) throws IOException {
        JsonNode modules;
        try {
            modules = JSON.readTree(folder.resolve(FILE).toFile());
        } catch (JacksonException e) {
            throw refuse(folder, "not valid JSON: " + e.getOriginalMessage());
        }
        if (!modules.isArray()) {
            throw refuse(folder, "expected a list of modules");
        }
        return modules;
    }

    private static ArtifactException refuse(Path folder, String why) {
        return new ArtifactException(FILE, null, why).in(folder);
    }
}
