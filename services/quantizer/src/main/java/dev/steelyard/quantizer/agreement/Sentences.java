package dev.steelyard.quantizer.agreement;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.dataset.Utf8Lines;
import dev.steelyard.method.MethodException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the sentences of a data set: lines of .txt files, the field "text" of .jsonl files. */
final class Sentences {
    /** Enough for a mean to three digits; more would only take longer. */
    static final int MOST = 2000;

    private static final JsonMapper JSON = new JsonMapper();

    private final Path root;
    private final List<String> found = new ArrayList<>();

    private Sentences(Path root) {
        this.root = root;
    }

    /**
     * The first {@value #MOST} sentences, file by file in the order of their names.
     *
     * @throws MethodException when there is none, or a line has none
     * @throws ArtifactException naming file and line of what is not UTF-8
     */
    static List<String> read(Path folder) throws MethodException, IOException {
        var sentences = new Sentences(folder);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                sentences.add(file);
            }
        }
        if (sentences.found.isEmpty()) {
            throw MethodException.input("sentences: the data set has no line in a .txt or .jsonl file");
        }
        return sentences.found;
    }

    private void add(Path file) throws MethodException, IOException {
        String name = root.relativize(file).toString();
        boolean json = name.endsWith(".jsonl");
        if (!json && !name.endsWith(".txt")) {
            return;
        }
        try (Utf8Lines lines = Utf8Lines.open(file, name)) {
            while (found.size() < MOST && lines.next()) {
                String line = lines.text();
                String sentence = (json && !line.isBlank() ? text(line, file, lines.number()) : line).strip();
                if (!sentence.isEmpty()) {
                    found.add(sentence);
                }
            }
        }
    }

    private String text(String line, Path file, int number) throws MethodException {
        try {
            JsonNode text = JSON.readTree(line).path("text");
            if (text.isString()) {
                return text.asString();
            }
        } catch (JacksonException e) {
            throw refused(file, number, "is not JSON");
        }
        throw refused(file, number, "has no field \"text\"");
    }

    private MethodException refused(Path file, int number, String why) {
        String name = root.relativize(file).toString();
        return MethodException.file(name, "%s: line %d %s".formatted(name, number, why))
                .in(file);
    }
}
