package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON object a line, with {@code text}, {@code features} or {@code image}, and with {@code label} or without. */
final class JsonLines {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String LABEL = "label";
    private static final String IMAGE = "image";
    private static final String ID = "id";

    private final PartFolder part;
    private final LabelColumn labels;
    private final TextRows texts = new TextRows();
    private final FeatureRows vectors = new FeatureRows();
    private final ImageRows images = new ImageRows();
    private int rows;
    private String field = "";

    private JsonLines(PartFolder part) {
        this.part = part;
        this.labels = part.labels();
    }

    static Examples read(PartFolder part) throws IOException {
        JsonLines lines = new JsonLines(part);
        for (Path file : part.files(".*\\.jsonl")) {
            lines.file(file);
        }
        return lines.examples();
    }

    private void file(Path file) throws IOException {
        try (Utf8Lines lines = Utf8Lines.open(file, part.name(file))) {
            while (lines.next()) {
                if (!lines.text().isBlank()) {
                    row(file, "line " + lines.number(), lines.text());
                }
            }
        }
    }

    private void row(Path file, String where, String line) throws IOException {
        JsonNode row;
        try {
            row = JSON.readTree(line);
        } catch (JacksonException e) {
            throw part.refuse(file, where + ": is not valid JSON: " + e.getOriginalMessage());
        }
        String found = List.of("text", "features", IMAGE).stream()
                .filter(row::has)
                .findFirst()
                .orElseThrow(() -> part.refuse(file, where + ": has no field text, features or image"));
        if (!field.isEmpty() && !found.equals(field)) {
            throw part.refuse(file, "%s: has %s, rows before it have %s".formatted(where, found, field));
        }
        field = found;
        switch (found) {
            case "text" -> text(file, where, row.get(found));
            case "features" -> features(file, where, row.get(found));
            default -> image(file, where, row);
        }
        label(file, where, row);
        rows++;
    }

    private void text(Path file, String where, JsonNode value) throws ArtifactException {
        if (!value.isString()) {
            throw part.refuse(file, where + ": text is no text");
        }
        texts.add(part.name(file), where, value.stringValue());
    }

    private void features(Path file, String where, JsonNode value) throws ArtifactException {
        double[] numbers = new double[value.isArray() ? value.size() : 0];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = value.get(i).isNumber() ? value.get(i).doubleValue() : Double.NaN;
            if (!Double.isFinite(numbers[i])) {
                throw part.refuse(file, "%s: feature %d: %s is not a finite number".formatted(where, i, value.get(i)));
            }
        }
        if (!value.isArray()) {
            throw part.refuse(file, where + ": features: expected a list of numbers");
        }
        vectors.add(part.name(file), where, numbers, 0, numbers.length);
    }

    private void image(Path file, String where, JsonNode row) throws IOException {
        JsonNode value = row.path(IMAGE);
        Path folder = part.folder().toRealPath();
        Path image = value.isString() ? inside(folder, value.stringValue()) : folder;
        if (!image.startsWith(folder) || !Files.isRegularFile(image)) {
            throw part.refuse(file, "%s: there is no image %s".formatted(where, value));
        }
        String name = part.prefix() + value.stringValue();
        JsonNode id = row.path(ID);
        if (!id.isMissingNode() && !id.isString() && !id.isIntegralNumber()) {
            throw part.refuse(file, "%s: id %s is neither text nor a whole number".formatted(where, id));
        }
        images.add(name, Optional.of(id.isMissingNode() ? name : id.asString()), () -> Picture.read(image, name));
    }

    /** The folder itself for what can be no path. */
    private static Path inside(Path folder, String path) {
        try {
            return folder.resolve(path).normalize();
        } catch (InvalidPathException e) {
            return folder;
        }
    }

    private void label(Path file, String where, JsonNode row) throws ArtifactException {
        JsonNode label = row.path(LABEL);
        boolean labelled = !label.isMissingNode();
        if (rows > 0 && labelled != (labels.size() > 0)) {
            throw part.refuse(file, where + (labelled ? ": has a label, rows before it have none" : ": has no label"));
        }
        if (label.isIntegralNumber() && label.canConvertToLong()) {
            labels.add(part.name(file), where, label.longValue());
        } else if (label.isString()) {
            labels.add(part.name(file), where, label.stringValue());
        } else if (labelled) {
            throw part.refuse(file, "%s: label %s is neither text nor a whole number".formatted(where, label));
        }
    }

    private Examples examples() throws ArtifactException {
        if (rows == 0) {
            throw new ArtifactException(
                    part.files(".*\\.jsonl").isEmpty()
                            ? null
                            : part.name(part.files(".*\\.jsonl").getFirst()),
                    null,
                    "has no rows");
        }
        Optional<Labels> column = labels.size() == 0 ? Optional.empty() : Optional.of(labels.labels());
        return switch (field) {
            case "text" -> new TextSet(texts.texts(), column);
            case "features" -> new FeatureSet(vectors.matrix(), column, Map.of());
            default -> images.set(column);
        };
    }
}
