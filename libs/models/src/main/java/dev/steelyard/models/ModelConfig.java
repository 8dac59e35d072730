package dev.steelyard.models;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A model's {@code config.json}, read field by field with the range each must lie in. All failures are one line that
 * names file and field: {@code config.json: hidden_size: expected a whole number from 1 to 65536, found "big"}.
 */
public final class ModelConfig {
    private static final long MAX_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 32;
    private static final int MAX_SHOWN = 40;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxDocumentLength(MAX_BYTES)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    private final Path folder;
    private final String file;
    private final String section;
    private final JsonNode fields;

    private ModelConfig(Path folder, String file, String section, JsonNode fields) {
        this.folder = folder;
        this.file = file;
        this.section = section;
        this.fields = fields;
    }

    /**
     * Reads {@code config.json} in a model's folder.
     *
     * @throws ArtifactException when it is missing, larger than 1 MiB or not a JSON object
     */
    public static ModelConfig read(Path folder) throws IOException {
        return read(folder, "config.json");
    }

    /** Reads another file of that kind, named relative to the model's folder. */
    public static ModelConfig read(Path folder, String file) throws IOException {
        return new ModelConfig(folder, file, "", Reading.in(folder, () -> fields(folder.resolve(file), file)));
    }

    private static JsonNode fields(Path path, String file) throws IOException {
        JsonNode fields;
        try {
            long size = Files.size(path);
            if (size > MAX_BYTES) {
                throw new ArtifactException(file, null, "%d bytes; at most %d are read".formatted(size, MAX_BYTES));
            }
            fields = JSON.readTree(path.toFile());
        } catch (NoSuchFileException e) {
            throw new ArtifactException(file, null, "missing");
        } catch (JacksonException e) {
            throw new ArtifactException(file, null, "not valid JSON: " + e.getOriginalMessage());
        }
        if (!fields.isObject()) {
            throw new ArtifactException(file, null, "expected a JSON object");
        }
        return fields;
    }

    /** Names of the fields, in their order. */
    public List<String> fieldNames() {
        return List.copyOf(fields.propertyNames());
    }

    public boolean has(String field) {
        return fields.hasNonNull(field);
    }

    /** A field that must be there: a whole number from {@code min} to {@code max}. */
    public int integer(String field, int min, int max) throws ArtifactException {
        JsonNode value = fields.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
            throw unexpected(field, "a whole number from %d to %d".formatted(min, max));
        }
        return value.intValue();
    }

    /** A whole number from {@code min} to {@code max}, {@code fallback} where the field is absent or null. */
    public int integer(String field, int min, int max, int fallback) throws ArtifactException {
        return has(field) ? integer(field, min, max) : fallback;
    }

    /** A list that must be there: whole numbers from {@code min} to {@code max}, one or more. */
    public List<Integer> integers(String field, int min, int max) throws ArtifactException {
        List<Integer> values = new ArrayList<>();
        for (JsonNode value : fields.path(field)) {
            if (!value.isIntegralNumber()
                    || !value.canConvertToInt()
                    || value.intValue() < min
                    || value.intValue() > max) {
                throw unexpected(field, "whole numbers from %d to %d".formatted(min, max));
            }
            values.add(value.intValue());
        }
        if (values.isEmpty()) {
            throw unexpected(field, "a list of whole numbers from %d to %d".formatted(min, max));
        }
        return values;
    }

    /** A list of texts; empty where the field is absent or null. */
    public List<String> texts(String field) throws ArtifactException {
        if (!has(field)) {
            return List.of();
        }
        List<String> values = new ArrayList<>();
        for (JsonNode value : fields.path(field)) {
            if (value.isString()) {
                values.add(value.stringValue());
            }
        }
        if (!isList(field) || values.size() != fields.path(field).size()) {
            throw unexpected(field, "a list of texts");
        }
        return values;
    }

    /** An object that must be there, such as {@code id2label}: a text for each number from 0, one or more. */
    public List<String> labels(String field) throws ArtifactException {
        JsonNode object = fields.path(field);
        List<String> labels = new ArrayList<>();
        while (object.path(String.valueOf(labels.size())).isString()) {
            labels.add(object.path(String.valueOf(labels.size())).stringValue());
        }
        if (!object.isObject() || labels.isEmpty() || labels.size() != object.size()) {
            throw unexpected(field, "a label for each number from 0");
        }
        return labels;
    }

    /** A finite number from {@code min} to {@code max}, {@code fallback} where the field is absent or null. */
    public double number(String field, double min, double max, double fallback) throws ArtifactException {
        if (!has(field)) {
            return fallback;
        }
        JsonNode value = fields.path(field);
        if (!value.isNumber() || !(value.doubleValue() >= min && value.doubleValue() <= max)) {
            throw unexpected(field, "a number from %s to %s".formatted(min, max));
        }
        return value.doubleValue();
    }

    /** Whether the field is there and holds a list. */
    public boolean isList(String field) {
        return fields.path(field).isArray();
    }

    /** {@code fallback} where the field is absent or null. */
    public boolean flag(String field, boolean fallback) throws ArtifactException {
        if (!has(field)) {
            return fallback;
        }
        if (!fields.path(field).isBoolean()) {
            throw unexpected(field, "true or false");
        }
        return fields.path(field).booleanValue();
    }

    /** Empty where the field is absent or null. */
    public Optional<String> text(String field) throws ArtifactException {
        if (!has(field)) {
            return Optional.empty();
        }
        if (!fields.path(field).isString()) {
            throw unexpected(field, "text");
        }
        return Optional.of(fields.path(field).stringValue());
    }

    /**
     * The fields of an object in this one; empty where the field is absent or null. Failures name it before the field.
     *
     * @throws ArtifactException when the field is something else
     */
    public Optional<ModelConfig> section(String field) throws ArtifactException {
        if (!has(field)) {
            return Optional.empty();
        }
        if (!fields.path(field).isObject()) {
            throw unexpected(field, "an object");
        }
        return Optional.of(new ModelConfig(folder, file, section + field + ": ", fields.path(field)));
    }

    /** A failure that names this file and the field: "expected …, found …". */
    public ArtifactException unexpected(String field, String expected) {
        String found = fields.has(field) ? fields.path(field).toString() : "nothing";
        if (found.length() > MAX_SHOWN) {
            found = found.substring(0, MAX_SHOWN) + "…";
        }
        return new ArtifactException(file, null, section + field + ": expected " + expected + ", found " + found)
                .in(folder);
    }
}
