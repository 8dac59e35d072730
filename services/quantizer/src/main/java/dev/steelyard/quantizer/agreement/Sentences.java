package dev.steelyard.quantizer.agreement;

import dev.steelyard.method.MethodException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
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
     * @throws MethodException when there is none, or a file cannot be read
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
        try (var reader = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = reader.readLine(); line != null && found.size() < MOST; line = reader.readLine()) {
                number++;
                String sentence = (json && !line.isBlank() ? text(line, name, number) : line).strip();
                if (!sentence.isEmpty()) {
                    found.add(sentence);
                }
            }
        } catch (MalformedInputException e) {
            throw MethodException.file(name, name + ": is not UTF-8 text");
        }
    }

    private static String text(String line, String file, int number) throws MethodException {
        try {
            JsonNode text = JSON.readTree(line).path("text");
            if (text.isString()) {
                return text.asString();
            }
        } catch (JacksonException e) {
            throw MethodException.file(file, "%s: line %d is not JSON".formatted(file, number));
        }
        throw MethodException.file(file, "%s: line %d has no field \"text\"".formatted(file, number));
    }
}
