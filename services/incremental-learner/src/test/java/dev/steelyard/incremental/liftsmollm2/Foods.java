package dev.steelyard.incremental.liftsmollm2;

import dev.steelyard.incremental.ProofData;
import dev.steelyard.incremental.WordNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What WordNet says food and drink are, as questions and answers, and prose that a model should not forget.
 *
 * @param train seven in ten of 2,575 questions, each of another meaning
 * @param validation 80 others to choose learning rates by
 * @param test 200 others for the figures
 * @param retention 6,000 characters of Moby Dick
 */
record Foods(Path train, Path validation, Path test, Path retention) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int VALIDATION = 80;
    private static final int TEST = 200;
    private static final int PROSE_FROM = 100_000;
    private static final int PROSE_TO = 106_000;

    static Foods in(Path folder) throws IOException, InterruptedException {
        List<ObjectNode> train = new ArrayList<>();
        List<ObjectNode> validation = new ArrayList<>();
        List<ObjectNode> test = new ArrayList<>();
        int number = 0;
        for (WordNet.Noun noun : WordNet.meanings()) {
            if (noun.topic().equals("food")) {
                List<ObjectNode> home = switch (number++ % 10) {
                    case 1 -> validation;
                    case 4, 7 -> test;
                    default -> train;
                };
                home.add(question(noun));
            }
        }
        String prose = Files.readString(ProofData.prose().resolve("moby_dick.txt"));
        return new Foods(
                lines(folder.resolve("train"), train),
                lines(folder.resolve("validation"), validation.subList(0, VALIDATION)),
                lines(folder.resolve("test"), test.subList(0, TEST)),
                lines(
                        folder.resolve("retention"),
                        List.of(JSON.createObjectNode().put("text", prose.substring(PROSE_FROM, PROSE_TO)))));
    }

    private static ObjectNode question(WordNet.Noun noun) {
        ObjectNode line = JSON.createObjectNode();
        var messages = line.putArray("messages");
        messages.addObject().put("role", "user").put("content", "What is " + noun.word() + "?");
        messages.addObject().put("role", "assistant").put("content", noun.gloss());
        return line;
    }

    private static Path lines(Path folder, List<ObjectNode> lines) throws IOException {
        Files.createDirectories(folder);
        Files.write(
                folder.resolve("lines.jsonl"),
                lines.stream().map(ObjectNode::toString).toList());
        return folder;
    }
}
