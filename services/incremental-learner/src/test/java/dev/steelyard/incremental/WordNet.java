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

    /**
     * A meaning.
     *
     * @param topic one of 26, such as "food"
     * @param word the first that has it
     * @param gloss the first definition
     */
    public record Noun(String topic, String word, String gloss) {}

    /** All meanings of nouns, in the order of the file. */
    public static List<Noun> meanings() throws IOException, InterruptedException {
        List<Noun> nouns = new ArrayList<>();
        for (String line : Files.readAllLines(ProofData.wordnet().resolve("data.noun"))) {
            int bar = line.indexOf('|');
            if (!line.startsWith(" ") && bar > 0) {
                String[] fields = line.split(" ", 6); // offset, topic, kind, number of words, first word
                nouns.add(new Noun(
                        TOPICS.get(Integer.parseInt(fields[1]) - FIRST),
                        fields[4].replace('_', ' '),
                        line.substring(bar + 1).split(";", -1)[0].strip()));
            }
        }
        return nouns;
    }

    /** The first definition of each noun, by topic, in the order of the file. */
    public static Map<String, List<String>> nouns() throws IOException, InterruptedException {
        Map<String, List<String>> nouns = new TreeMap<>();
        for (Noun noun : meanings()) {
            nouns.computeIfAbsent(noun.topic(), _ -> new ArrayList<>()).add(noun.gloss());
        }
        return nouns;
    }
}
