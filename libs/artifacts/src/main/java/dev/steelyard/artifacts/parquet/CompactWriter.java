package dev.steelyard.artifacts.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** Apache Thrift's compact protocol, as far as Parquet's headers need it. */
final class CompactWriter {
    private static final int I32 = 5;
    private static final int I64 = 6;
    private static final int BINARY = 8;
    private static final int LIST = 9;
    private static final int STRUCT = 12;
    private static final int LONG_LIST = 15;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Deque<Integer> outer = new ArrayDeque<>();
    private int last;

    byte[] bytes() {
        return out.toByteArray();
    }

    CompactWriter i32(int field, int value) {
        header(field, I32);
        zigzag(value);
        return this;
    }

    CompactWriter i64(int field, long value) {
        header(field, I64);
        zigzag(value);
        return this;
    }

    CompactWriter text(int field, String value) {
        header(field, BINARY);
        binary(value);
        return this;
    }

    CompactWriter struct(int field, Consumer<CompactWriter> fields) {
        header(field, STRUCT);
        return struct(fields);
    }

    CompactWriter i32s(int field, List<Integer> values) {
        list(field, I32, values.size());
        values.forEach(this::zigzag);
        return this;
    }

    CompactWriter texts(int field, List<String> values) {
        list(field, BINARY, values.size());
        values.forEach(this::binary);
        return this;
    }

    CompactWriter structs(int field, List<Consumer<CompactWriter>> values) {
        list(field, STRUCT, values.size());
        values.forEach(this::struct);
        return this;
    }

    /** A struct by itself: its fields and their end. */
    CompactWriter struct(Consumer<CompactWriter> fields) {
        outer.push(last);
        last = 0;
        fields.accept(this);
        out.write(0);
        last = outer.pop();
        return this;
    }

    /** Field ids ascend, and the step from the one before is written. */
    private void header(int field, int type) {
        out.write((field - last) << 4 | type);
        last = field;
    }

    private void list(int field, int type, int size) {
        header(field, LIST);
        out.write(Math.min(size, LONG_LIST) << 4 | type);
        if (size >= LONG_LIST) {
            varint(size);
        }
    }

    private void binary(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        varint(bytes.length);
        out.writeBytes(bytes);
    }

    private void zigzag(long value) {
        varint(value << 1 ^ value >> 63);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
