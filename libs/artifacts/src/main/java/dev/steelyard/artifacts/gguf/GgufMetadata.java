package dev.steelyard.artifacts.gguf;

import dev.steelyard.artifacts.ArtifactException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The settings of a GGUF file. Values are checked when the file is opened and decoded when they are asked for; they end
 * with the file. Failures name file and key.
 */
public final class GgufMetadata {
    private static final int MAX_KEY = 65_535;

    private final String file;
    private final SortedMap<String, GgufValue> values;

    private GgufMetadata(String file, SortedMap<String, GgufValue> values) {
        this.file = file;
        this.values = values;
    }

    static GgufMetadata read(HeaderReader header, int count) throws ArtifactException {
        SortedMap<String, GgufValue> values = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            String key = header.text("key " + i, MAX_KEY);
            if (values.put(key, GgufValue.read(header, key)) != null) {
                throw header.refuse(key + ": is there twice");
            }
        }
        return new GgufMetadata(header.file(), values);
    }

    /** All keys, sorted. */
    public Set<String> keys() {
        return Collections.unmodifiableSet(values.keySet());
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** A text that must be there. */
    public String text(String key) throws ArtifactException {
        return optionalText(key).orElseThrow(() -> expected(key, "text"));
    }

    /** Empty where the key is absent. */
    public Optional<String> optionalText(String key) throws ArtifactException {
        GgufValue value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (value.type() != ValueType.TEXT) {
            throw expected(key, "text");
        }
        return Optional.of(texts(key, value).getFirst());
    }

    /** A list of texts that must be there. */
    public List<String> texts(String key) throws ArtifactException {
        GgufValue value = values.get(key);
        if (value == null || value.type() != ValueType.ARRAY || value.element() != ValueType.TEXT) {
            throw expected(key, "a list of texts");
        }
        return texts(key, value);
    }

    private List<String> texts(String key, GgufValue value) throws ArtifactException {
        HeaderReader reader = new HeaderReader(file, value.bytes());
        List<String> texts = new ArrayList<>();
        for (long i = 0; i < value.count(); i++) {
            texts.add(reader.decode(reader.rawText(key), value.count() == 1 ? key : key + "[" + i + "]"));
        }
        return texts;
    }

    /** A whole number from {@code min} to {@code max} that must be there. */
    public long integer(String key, long min, long max) throws ArtifactException {
        String range = "a whole number from %d to %d".formatted(min, max);
        GgufValue value = values.get(key);
        if (value == null || !value.type().isWhole()) {
            throw expected(key, range);
        }
        long number = value.whole(0);
        if (number < min || number > max) {
            throw new ArtifactException(file, null, key + ": expected " + range + ", found " + number);
        }
        return number;
    }

    /** The same; {@code fallback} where the key is absent. */
    public long integer(String key, long min, long max, long fallback) throws ArtifactException {
        return has(key) ? integer(key, min, max) : fallback;
    }

    /** A list of whole numbers that must be there. */
    public List<Long> integers(String key) throws ArtifactException {
        GgufValue value = values.get(key);
        if (value == null || value.type() != ValueType.ARRAY || !value.element().isWhole()) {
            throw expected(key, "a list of whole numbers");
        }
        List<Long> numbers = new ArrayList<>();
        for (long i = 0; i < value.count(); i++) {
            numbers.add(value.whole(i));
        }
        return numbers;
    }

    /** A finite number above 0; {@code fallback} where the key is absent. The shortest one that is stored so. */
    public double positive(String key, double fallback) throws ArtifactException {
        GgufValue value = values.get(key);
        if (value == null) {
            return fallback;
        }
        if (!value.type().isReal()) {
            throw expected(key, "a number above 0");
        }
        double number = value.real();
        if (!(number > 0 && number < Double.POSITIVE_INFINITY)) {
            throw new ArtifactException(file, null, key + ": expected a number above 0, found " + number);
        }
        return number;
    }

    /** {@code fallback} where the key is absent. */
    public boolean flag(String key, boolean fallback) throws ArtifactException {
        GgufValue value = values.get(key);
        if (value == null) {
            return fallback;
        }
        if (value.type() != ValueType.BOOL) {
            throw expected(key, "true or false");
        }
        return value.whole(0) != 0;
    }

    /** A failure that names this file and the key. */
    public ArtifactException expected(String key, String expected) {
        GgufValue value = values.get(key);
        String found = value == null ? "nothing" : value.describe();
        return new ArtifactException(file, null, key + ": expected " + expected + ", found " + found);
    }
}
