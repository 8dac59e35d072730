package dev.steelyard.incremental;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What WordNet says of nouns. */
public final class WordNet {
    /** Its files of nouns: what a word is, from number 3 on. */
    private static final List<String> TOPICS = List.of(
            "Tops",
            "act",
            "animal",
            "artifact",
            "attribute",
            "body",
            "cognition",
            "communication",
            "event",
            "feeling",
            "food",
            "group",
            "location",
            "motive",
            "object",
            "person",
            "phenomenon",
            "plant",
            "possession",
            "process",
            "quantity",
            "relation",
            "shape",
            "state",
            "substance",
            "time");

    private static final int FIRST = 3;

    private WordNet() {}

    /** The first definition of each noun, by topic, in the order of the file. */
    public static Map<String, List<String>> nouns() throws IOException, InterruptedException {
        Map<String, List<String>> nouns = new TreeMap<>();
        for (String line : Files.readAllLines(ProofData.wordnet().resolve("data.noun"))) {
            int bar = line.indexOf('|');
            if (!line.startsWith(" ") && bar > 0) {
                String topic = TOPICS.get(Integer.parseInt(line.split(" ", 3)[1]) - FIRST);
                String gloss = line.substring(bar + 1).split(";", -1)[0].strip();
                nouns.computeIfAbsent(topic, _ -> new ArrayList<>()).add(gloss);
            }
        }
        return nouns;
    }
}
