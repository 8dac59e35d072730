package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.dataset.Utf8Lines;
import dev.steelyard.method.MethodException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What images of the pool really are, for the report alone: JSON lines with {@code id} and {@code label}. Nothing is
 * learned from it.
 */
final class Truth {
    /** Of a class that is not among the known ones. */
    static final int UNKNOWN = -1;

    /** Nobody said. */
    static final int UNTOLD = -2;

    private static final JsonMapper JSON = new JsonMapper();

    private final int[] classes;

    private Truth(int[] classes) {
        this.classes = classes;
    }

    /** Says nothing. */
    static Truth none(Samples samples) {
        int[] classes = new int[samples.images().size()];
        Arrays.fill(classes, UNTOLD);
        return new Truth(classes);
    }

    /**
     * Reads the files of a folder.
     *
     * @throws MethodException naming file and line of what cannot be used
     * @throws ArtifactException naming file and line of what is not UTF-8
     */
    static Truth read(Path folder, Samples samples) throws MethodException, IOException {
        Truth truth = none(samples);
        Map<String, Integer> places = new HashMap<>();
        for (int i = samples.given(); i < samples.images().size(); i++) {
            places.put(samples.ids().get(i), i);
        }
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList();
        }
        if (files.isEmpty()) {
            throw MethodException.input("truth: expected a file *.jsonl with id and label in each line");
        }
        for (Path file : files) {
            truth.read(file, samples.classes(), samples.labels().numbers(), places);
        }
        return truth;
    }

    /** @param numbers whether known classes are whole numbers */
    private void read(Path file, List<String> known, boolean numbers, Map<String, Integer> places)
            throws MethodException, IOException {
        String name = String.valueOf(file.getFileName());
        try (Utf8Lines lines = Utf8Lines.open(file, name)) {
            while (lines.next()) {
                if (lines.text().isBlank()) {
                    continue;
                }
                JsonNode row = row(file, lines.number(), lines.text());
                Integer place = places.get(row.path("id").asString());
                if (place == null) {
                    throw refused(file, lines.number(), "there is no image %s in unlabelled".formatted(row.path("id")));
                }
                classes[place] = known.indexOf(row.path("label").asString());
                if (isUnknown(place) && row.path("label").isIntegralNumber() && !numbers) {
                    throw refused(
                            file,
                            lines.number(),
                            "label %s is a number, known classes have names: expected a name"
                                    .formatted(row.path("label")));
                }
            }
        }
    }

    private static JsonNode row(Path file, int number, String line) throws MethodException {
        JsonNode row;
        try {
            row = JSON.readTree(line);
        } catch (JacksonException e) {
            throw refused(file, number, "is not valid JSON: " + e.getOriginalMessage());
        }
        for (String field : List.of("id", "label")) {
            if (!row.path(field).isString() && !row.path(field).isIntegralNumber()) {
                throw refused(file, number, "expected text or a whole number as " + field);
            }
        }
        return row;
    }

    private static MethodException refused(Path file, int number, String why) {
        String name = String.valueOf(file.getFileName());
        return MethodException.file(name, "%s: line %d: %s".formatted(name, number, why))
                .in(file);
    }

    /** Whether anything was said. */
    boolean isTold() {
        return Arrays.stream(classes).anyMatch(c -> c != UNTOLD);
    }

    /** A class, {@link #UNKNOWN} or {@link #UNTOLD}. */
    int of(int image) {
        return classes[image];
    }

    boolean isKnown(int image) {
        return classes[image] >= 0;
    }

    boolean isUnknown(int image) {
        return classes[image] == UNKNOWN;
    }
}
