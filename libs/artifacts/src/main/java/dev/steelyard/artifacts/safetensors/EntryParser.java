package dev.steelyard.artifacts.safetensors;

import dev.steelyard.artifacts.ArtifactException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads one tensor's entry of a header. */
final class EntryParser {
    private static final int MAX_DIMENSIONS = 64;

    private final String file;
    private final String tensor;
    private Optional<DType> dtype = Optional.empty();
    private Optional<List<Long>> shape = Optional.empty();
    private Optional<List<Long>> offsets = Optional.empty();

    EntryParser(String file, String tensor) {
        this.file = file;
        this.tensor = tensor;
    }

    /** Reads the object the parser stands at, to its end. */
    Header.Entry read(JsonParser parser) throws ArtifactException {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(tensor)) {
            throw new ArtifactException(file, null, "a tensor's name is not valid Unicode");
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw refuse("entry is not an object");
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "dtype" -> dtype = Optional.of(readDType(parser));
                case "shape" -> shape = Optional.of(readLongs(parser, field));
                case "data_offsets" -> offsets = Optional.of(readLongs(parser, field));
                default -> throw refuse("unknown field '" + field + "'");
            }
        }
        return entry();
    }

    private Header.Entry entry() throws ArtifactException {
        List<Long> bytes = offsets.orElseThrow(() -> refuse("has no data_offsets"));
        if (bytes.size() != 2 || bytes.get(0) > bytes.get(1)) {
            throw refuse("data_offsets " + bytes + " are not [begin, end] with begin <= end");
        }
        TensorInfo info = new TensorInfo(
                tensor,
                dtype.orElseThrow(() -> refuse("has no dtype")),
                shape.orElseThrow(() -> refuse("has no shape")));
        long claimed = bytes.get(1) - bytes.get(0);
        long needed;
        try {
            needed = info.byteSize();
        } catch (ArithmeticException e) {
            throw refuse(info.dtype() + " " + info.shapeText() + " has no size in bytes: " + e.getMessage());
        }
        if (needed != claimed) {
            throw refuse(info.dtype() + " " + info.shapeText() + " takes " + needed + " bytes, but data_offsets give "
                    + claimed);
        }
        return new Header.Entry(info, bytes.get(0), bytes.get(1));
    }

    private DType readDType(JsonParser parser) throws ArtifactException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw refuse("dtype is not a string");
        }
        String name = parser.getString();
        return DType.parse(name).orElseThrow(() -> refuse("unknown dtype '" + name + "'"));
    }

    private List<Long> readLongs(JsonParser parser, String field) throws ArtifactException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw refuse(field + " is not an array");
        }
        List<Long> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT || values.size() == MAX_DIMENSIONS) {
                throw refuse(field + " is not a short array of whole numbers");
            }
            if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER || parser.getLongValue() < 0) {
                throw refuse(field + " holds a number outside 0 to 2⁶³ - 1");
            }
            values.add(parser.getLongValue());
        }
        return values;
    }

    private ArtifactException refuse(String detail) {
        return new ArtifactException(file, tensor, detail);
    }
}
