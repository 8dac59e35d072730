package dev.steelyard.artifacts.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes GGUF files piece by piece, true ones and others. */
final class GgufBytes {
    static final int U8 = 0;
    static final int U32 = 4;
    static final int I32 = 5;
    static final int F32 = 6;
    static final int BOOL = 7;
    static final int TEXT = 8;
    static final int ARRAY = 9;
    static final int U64 = 10;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Magic, version and counts. */
    static GgufBytes header(int version, long tensors, long keys) {
        return new GgufBytes()
                .raw("GGUF".getBytes(StandardCharsets.US_ASCII))
                .int32(version)
                .int64(tensors)
                .int64(keys);
    }

    GgufBytes raw(byte... more) {
        bytes.writeBytes(more);
        return this;
    }

    GgufBytes int32(int value) {
        return raw(little(4).putInt(value).array());
    }

    GgufBytes int64(long value) {
        return raw(little(8).putLong(value).array());
    }

    GgufBytes text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return int64(utf8.length).raw(utf8);
    }

    GgufBytes key(String key, String value) {
        return text(key).int32(TEXT).text(value);
    }

    GgufBytes key(String key, int value) {
        return text(key).int32(U32).int32(value);
    }

    GgufBytes key(String key, float value) {
        return text(key).int32(F32).int32(Float.floatToIntBits(value));
    }

    GgufBytes key(String key, boolean value) {
        return text(key).int32(BOOL).raw((byte) (value ? 1 : 0));
    }

    GgufBytes key(String key, List<String> values) {
        text(key).int32(ARRAY).int32(TEXT).int64(values.size());
        values.forEach(this::text);
        return this;
    }

    /** @param shape as the file has it, the innermost size first */
    GgufBytes tensor(String name, int type, long offset, long... shape) {
        text(name).int32(shape.length);
        for (long size : shape) {
            int64(size);
        }
        return int32(type).int64(offset);
    }

    /** Zeros up to a multiple of 32. */
    GgufBytes pad() {
        return raw(new byte[Math.ceilDiv(bytes.size(), 32) * 32 - bytes.size()]);
    }

    byte[] toArray() {
        return bytes.toByteArray();
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
