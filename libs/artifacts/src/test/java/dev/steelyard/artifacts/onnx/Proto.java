package dev.steelyard.artifacts.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes ONNX messages with protobuf's own encoder, so that the reader is tested against another hand. */
final class Proto {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private interface Field {
        void write(CodedOutputStream out) throws IOException;
    }

    private Proto add(Field field) {
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            field.write(out);
            out.flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Proto text(int field, String value) {
        return add(out -> out.writeString(field, value));
    }

    Proto number(int field, long value) {
        return add(out -> out.writeInt64(field, value));
    }

    Proto bytes(int field, byte[] value) {
        return add(out -> out.writeBytes(field, ByteString.copyFrom(value)));
    }

    Proto real(int field, float value) {
        return add(out -> out.writeFloat(field, value));
    }

    Proto message(int field, Proto value) {
        return bytes(field, value.toBytes());
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    /** A model with one graph. */
    static Proto model(Proto graph) {
        return new Proto().number(1, 6).text(2, "test").message(7, graph);
    }

    static Proto node(String type, String name, String inputs, String outputs) {
        Proto node = new Proto();
        for (String input : inputs.split(" ", -1)) {
            node.text(1, input);
        }
        for (String output : outputs.split(" ", -1)) {
            node.text(2, output);
        }
        return node.text(3, name).text(4, type);
    }

    /** Attribute of one integer for a node. */
    static Proto attribute(String name, long value) {
        return new Proto().text(1, name).number(3, value);
    }

    static Proto tensor(String name, int type, long... dims) {
        Proto tensor = new Proto();
        for (long dim : dims) {
            tensor.number(1, dim);
        }
        return tensor.number(2, type).text(8, name);
    }

    static Proto floats(String name, long[] dims, float... values) {
        return tensor(name, 1, dims).bytes(9, floats(values));
    }

    static byte[] floats(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            buffer.putFloat(value);
        }
        return buffer.array();
    }
}
