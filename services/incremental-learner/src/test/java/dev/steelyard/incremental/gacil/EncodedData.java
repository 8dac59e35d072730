package dev.steelyard.incremental.gacil;

import dev.steelyard.incremental.ProofData;
import dev.steelyard.incremental.WordNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Data that reach g-acil through a frozen encoder. */
final class EncodedData {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int PIXELS = 784;

    private static final List<String> TOPICS = List.of(
            "act", "animal", "artifact", "attribute", "body", "food", "location", "person", "plant", "substance");

    private EncodedData() {}

    /** The first digits of classes 0 to 4, for an encoder to be trained on. */
    static Path forEncoder(Path folder, int each) throws IOException, InterruptedException {
        return digits(folder, 5, 0, each);
    }

    /** All digits but those that an encoder was trained on. */
    static Path forStream(Path folder, int each) throws IOException, InterruptedException {
        return digits(folder, 10, each, Integer.MAX_VALUE);
    }

    private static Path digits(Path folder, int classes, int from, int to) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        for (int digit = 0; digit < classes; digit++) {
            String file = digit + ".json";
            List<JsonNode> numbers = new ArrayList<>();
            JSON.readTree(ProofData.digits().resolve(file)).path("data").forEach(numbers::add);
            int first = digit < 5 ? from * PIXELS : 0;
            int end = (int) Math.min((long) to * PIXELS, numbers.size());
            Files.writeString(
                    folder.resolve(file), JSON.writeValueAsString(Map.of("data", numbers.subList(first, end))));
        }
        return folder;
    }

    /** What WordNet says of nouns of ten topics, the same number of each, evenly over its file. */
    static Path dictionary(Path folder, int each) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Map<String, List<String>> nouns = WordNet.nouns();
        List<String> rows = new ArrayList<>();
        for (String topic : TOPICS) {
            List<String> glosses = nouns.getOrDefault(topic, List.of());
            for (int i = 0; i < each; i++) {
                String gloss = glosses.get((int) ((long) i * glosses.size() / each));
                rows.add(JSON.writeValueAsString(new TreeMap<>(Map.of("text", gloss, "label", topic))));
            }
        }
        Files.write(folder.resolve("glosses.jsonl"), rows);
        return folder;
    }
}
