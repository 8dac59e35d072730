package dev.steelyard.incremental.gacil;

import dev.steelyard.incremental.ProofData;
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

    /** WordNet's files of nouns, by number: what a word is. */
    private static final Map<String, String> TOPICS = new TreeMap<>(Map.of(
            "04", "act",
            "05", "animal",
            "06", "artifact",
            "07", "attribute",
            "08", "body",
            "13", "food",
            "15", "location",
            "18", "person",
            "20", "plant",
            "27", "substance"));

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
        Map<String, List<String>> found = new TreeMap<>();
        for (String line : Files.readAllLines(ProofData.wordnet().resolve("data.noun"))) {
            int bar = line.indexOf('|');
            if (!line.startsWith(" ") && bar > 0) {
                String topic = TOPICS.get(line.split(" ", 3)[1]);
                String gloss = line.substring(bar + 1).split(";", -1)[0].strip();
                if (topic != null) {
                    found.computeIfAbsent(topic, _ -> new ArrayList<>()).add(gloss);
                }
            }
        }
        List<String> rows = new ArrayList<>();
        found.forEach((topic, glosses) -> {
            for (int i = 0; i < each; i++) {
                String gloss = glosses.get((int) ((long) i * glosses.size() / each));
                rows.add(JSON.writeValueAsString(new TreeMap<>(Map.of("text", gloss, "label", topic))));
            }
        });
        Files.write(folder.resolve("glosses.jsonl"), rows);
        return folder;
    }
}
