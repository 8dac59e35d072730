package dev.steelyard.artifacts.gguf;

import dev.steelyard.artifacts.ArtifactException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A setting's value where it lies.
 *
 * @param element type of a list's elements; of any other value its own
 * @param count of elements
 * @param bytes of all elements
 */
record GgufValue(ValueType type, ValueType element, long count, MemorySegment bytes) {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ORDER);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ORDER);

    /** @throws ArtifactException when the type is unknown or the value leaves the header */
    static GgufValue read(HeaderReader header, String key) throws ArtifactException {
        ValueType type = type(header, key);
        if (type != ValueType.ARRAY) {
            return new GgufValue(type, type, 1, elements(header, key, type, 1));
        }
        ValueType element = type(header, key);
        if (element == ValueType.ARRAY) {
            throw header.refuse(key + ": lists of lists are not supported");
        }
        long count = header.int64(key);
        if (count < 0 || count > Integer.MAX_VALUE) {
            throw header.refuse(key + ": a list of " + Long.toUnsignedString(count) + " elements");
        }
        return new GgufValue(type, element, count, elements(header, key, element, count));
    }

    private static ValueType type(HeaderReader header, String key) throws ArtifactException {
        int code = header.int32(key);
        ValueType[] all = ValueType.values();
        if (code < 0 || code >= all.length) {
            throw header.refuse(key + ": unknown type " + Integer.toUnsignedString(code));
        }
        return all[code];
    }

    private static MemorySegment elements(HeaderReader header, String key, ValueType type, long count)
            throws ArtifactException {
        if (type == ValueType.TEXT) {
            HeaderReader ahead = header.fork();
            for (long i = 0; i < count; i++) {
                ahead.rawText(key);
            }
            return header.take(ahead.position() - header.position(), key);
        }
        MemorySegment all = header.take(count * type.bytes(), key);
        for (long i = 0; type == ValueType.BOOL && i < count; i++) {
            byte flag = all.get(ValueLayout.JAVA_BYTE, i);
            if (flag != 0 && flag != 1) {
                throw header.refuse(key + ": a truth value of " + Byte.toUnsignedInt(flag));
            }
        }
        return all;
    }

    /** A whole number or truth value; one of 64 bits without sign above 2⁶³ comes out negative. */
    long whole(long i) {
        long at = i * element.bytes();
        return switch (element) {
            case U8, BOOL -> Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, at));
            case I8 -> bytes.get(ValueLayout.JAVA_BYTE, at);
            case U16 -> Short.toUnsignedInt(bytes.get(SHORT, at));
            case I16 -> bytes.get(SHORT, at);
            case U32 -> Integer.toUnsignedLong(bytes.get(INT, at));
            case I32 -> bytes.get(INT, at);
            case U64, I64 -> bytes.get(LONG, at);
            case F32, F64, TEXT, ARRAY -> throw new IllegalStateException(describe());
        };
    }

    /** A number; of single precision the shortest decimal that is stored so: 1e-5, not 9.99999974e-6. */
    double real() {
        return switch (element) {
            case F32 -> Double.parseDouble(Float.toString(bytes.get(FLOAT, 0)));
            case F64 -> bytes.get(DOUBLE, 0);
            default -> throw new IllegalStateException(describe());
        };
    }

    /** For messages. */
    String describe() {
        return type == ValueType.ARRAY ? "a list of " + count + " " + element : type.toString();
    }
}
