package dev.steelyard.artifacts.safetensors;

import dev.steelyard.artifacts.ArtifactException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * A parsed and checked header.
 *
 * @param tensors by name, in the order of their bytes
 * @param metadata the {@code __metadata__} strings
 */
record Header(SequencedMap<String, Entry> tensors, Map<String, String> metadata) {
    static final String METADATA = "__metadata__";

    /** Headers above this are refused, as the reference implementation does. */
    static final long MAX_LENGTH = 100_000_000;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /**
     * A tensor and where its bytes are, counted from the end of the header.
     *
     * @param begin first byte
     * @param end byte after the last
     */
    record Entry(TensorInfo info, long begin, long end) {}

    /**
     * Parses a header and checks every claim it makes.
     *
     * @param file name for messages
     * @param json the header's bytes
     * @param dataLength bytes of the file after the header
     */
    static Header parse(String file, byte[] json, long dataLength) throws ArtifactException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ArtifactException(file, null, "header is not UTF-8");
        }
        if (!text.startsWith("{")) {
            throw new ArtifactException(file, null, "header does not begin with '{'");
        }
        List<Entry> entries = new ArrayList<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(tools.jackson.core.ObjectReadContext.empty(), text)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals(METADATA)) {
                    readMetadata(file, parser, metadata);
                } else {
                    entries.add(new EntryParser(file, name).read(parser));
                }
            }
            if (parser.nextToken() != null) {
                throw new ArtifactException(file, null, "header has more than one JSON value");
            }
        } catch (JacksonException e) {
            throw new ArtifactException(file, null, "header is not valid: " + e.getOriginalMessage());
        }
        return new Header(inOrder(file, entries, dataLength), metadata);
    }

    private static void readMetadata(String file, JsonParser parser, Map<String, String> into)
            throws ArtifactException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new ArtifactException(file, null, METADATA + " is not an object");
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw new ArtifactException(file, null, METADATA + "." + key + " is not a string");
            }
            into.put(key, parser.getString());
        }
    }

    /** Tensors must fill the data without holes or overlaps. */
    private static SequencedMap<String, Entry> inOrder(String file, List<Entry> entries, long dataLength)
            throws ArtifactException {
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        SequencedMap<String, Entry> tensors = new LinkedHashMap<>();
        long filled = 0;
        String before = "";
        for (Entry entry : entries) {
            String name = entry.info().name();
            if (entry.begin() < filled) {
                throw new ArtifactException(
                        file,
                        name,
                        "begins at byte " + entry.begin() + ", inside " + before + ", which ends at " + filled);
            }
            if (entry.begin() > filled) {
                throw new ArtifactException(
                        file, name, "begins at byte " + entry.begin() + ", leaving a hole after byte " + filled);
            }
            if (entry.end() > dataLength) {
                throw new ArtifactException(
                        file,
                        name,
                        "ends at byte " + entry.end() + ", but the file holds " + dataLength
                                + " bytes of data: truncated?");
            }
            filled = entry.end();
            before = name;
            tensors.put(name, entry);
        }
        if (filled != dataLength) {
            throw new ArtifactException(
                    file, null, "holds " + dataLength + " bytes of data, but its tensors take " + filled);
        }
        return tensors;
    }
}
