package dev.steelyard.artifacts.onnx;

import dev.steelyard.artifacts.ArtifactException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Walks the fields of one protobuf message in place (protobuf.dev/programming-guides/encoding). The classes protoc
 * makes stop at 2 GB and copy every weight to the heap; this does neither.
 */
final class ProtoReader {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;
    private static final int MAX_TEXT = 1 << 16;

    private final String file;
    private final MemorySegment message;
    private long position;
    private int field;
    private int wireType;

    ProtoReader(String file, MemorySegment message) {
        this.file = file;
        this.message = message;
    }

    /** Goes to the next field; false at the end. The value must then be read or skipped. */
    boolean next() throws ArtifactException {
        if (position == message.byteSize()) {
            return false;
        }
        long tag = rawVarint();
        wireType = (int) (tag & 7);
        if (tag >>> 3 == 0 || tag >>> 3 > (1 << 29) - 1) {
            throw damaged("field number " + (tag >>> 3));
        }
        field = (int) (tag >>> 3);
        return true;
    }

    int field() {
        return field;
    }

    /** Whether the value has a length: a message, a string, or numbers packed together. */
    boolean isBytes() {
        return wireType == BYTES;
    }

    /** A number: int32, int64, bool or enum. */
    long number() throws ArtifactException {
        expect(VARINT);
        return rawVarint();
    }

    /** A string, a message or bytes, as a view. */
    MemorySegment bytes() throws ArtifactException {
        expect(BYTES);
        long length = rawVarint();
        return take(length);
    }

    /** A float or double, or any other value of fixed width, as a view. */
    MemorySegment fixed() throws ArtifactException {
        return switch (wireType) {
            case FIXED32 -> take(INT.byteSize());
            case FIXED64 -> take(LONG.byteSize());
            default -> throw damaged("field " + field + " has wire type " + wireType);
        };
    }

    ProtoReader message() throws ArtifactException {
        return new ProtoReader(file, bytes());
    }

    String text() throws ArtifactException {
        MemorySegment bytes = bytes();
        if (bytes.byteSize() > MAX_TEXT) {
            throw damaged("a name of " + bytes.byteSize() + " bytes");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.asByteBuffer())
                    .toString();
        } catch (CharacterCodingException e) {
            throw damaged("a name that is not UTF-8");
        }
    }

    void skip() throws ArtifactException {
        switch (wireType) {
            case VARINT -> rawVarint();
            case BYTES -> bytes();
            case FIXED32, FIXED64 -> fixed();
            default -> throw damaged("wire type " + wireType);
        }
    }

    /** Whether packed numbers are left. */
    boolean hasMore() {
        return position < message.byteSize();
    }

    /** The next number where a field's bytes are numbers packed together. */
    long rawVarint() throws ArtifactException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (position == message.byteSize()) {
                throw damaged("ends inside a number: truncated?");
            }
            byte b = message.get(ValueLayout.JAVA_BYTE, position++);
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw damaged("a number of more than 10 bytes");
    }

    private MemorySegment take(long length) throws ArtifactException {
        if (length < 0 || length > message.byteSize() - position) {
            throw damaged("field " + field + " claims " + Long.toUnsignedString(length) + " bytes where "
                    + (message.byteSize() - position) + " are left: truncated?");
        }
        MemorySegment taken = message.asSlice(position, length);
        position += length;
        return taken;
    }

    private void expect(int type) throws ArtifactException {
        if (wireType != type) {
            throw damaged("field " + field + " has wire type " + wireType + ", expected " + type);
        }
    }

    private ArtifactException damaged(String what) {
        return new ArtifactException(file, null, "not a valid ONNX model: " + what);
    }
}
