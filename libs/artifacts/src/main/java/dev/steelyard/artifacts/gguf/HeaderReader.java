package dev.steelyard.artifacts.gguf;

import dev.steelyard.artifacts.ArtifactException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Walks a header from its beginning; never past its end. */
final class HeaderReader {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String file;
    private final MemorySegment bytes;
    private long position;

    HeaderReader(String file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /** One that goes ahead from here on its own. */
    HeaderReader fork() {
        HeaderReader ahead = new HeaderReader(file, bytes);
        ahead.position = position;
        return ahead;
    }

    String file() {
        return file;
    }

    long position() {
        return position;
    }

    /** @param what is read, for messages */
    int int32(String what) throws ArtifactException {
        return take(INT.byteSize(), what).get(INT, 0);
    }

    long int64(String what) throws ArtifactException {
        return take(LONG.byteSize(), what).get(LONG, 0);
    }

    /** A count, refused above {@code max}. */
    int count(String what, int max) throws ArtifactException {
        long count = int64(what);
        if (count < 0 || count > max) {
            throw refuse(what + " of " + Long.toUnsignedString(count) + " is above " + max);
        }
        return (int) count;
    }

    String text(String what, int max) throws ArtifactException {
        long length = int64(what);
        if (length < 0 || length > max) {
            throw refuse(what + " of " + Long.toUnsignedString(length) + " bytes; at most " + max + " are read");
        }
        return decode(take(length, what), what);
    }

    /** Bytes of a text with its length before it, as they are. */
    MemorySegment rawText(String what) throws ArtifactException {
        return take(int64(what), what);
    }

    MemorySegment take(long length, String what) throws ArtifactException {
        long left = bytes.byteSize() - position;
        if (length < 0 || length > left) {
            throw refuse("%s takes %s bytes at byte %d, where %d are left: truncated?"
                    .formatted(what, Long.toUnsignedString(length), position, left));
        }
        MemorySegment taken = bytes.asSlice(position, length);
        position += length;
        return taken;
    }

    String decode(MemorySegment text, String what) throws ArtifactException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(text.asByteBuffer())
                    .toString();
        } catch (CharacterCodingException e) {
            throw refuse(what + " is not UTF-8");
        }
    }

    ArtifactException refuse(String detail) {
        return new ArtifactException(file, null, detail);
    }
}
