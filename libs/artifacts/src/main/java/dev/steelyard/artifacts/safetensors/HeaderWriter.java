package dev.steelyard.artifacts.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes a header in the very bytes of the reference implementation; only its order of metadata keys is random. */
final class HeaderWriter {
    private static final int ALIGNMENT = 8;

    private HeaderWriter() {}

    /**
     * Length and JSON, padded with spaces so that the data begins at a multiple of 8.
     *
     * @param tensors in the order of their bytes
     */
    static ByteBuffer write(List<TensorInfo> tensors, Map<String, String> metadata) {
        StringBuilder json = new StringBuilder("{");
        if (!metadata.isEmpty()) {
            json.append(new TreeMap<>(metadata)
                    .entrySet().stream()
                            .map(entry -> quoted(entry.getKey()) + ":" + quoted(entry.getValue()))
                            .collect(Collectors.joining(",", quoted(Header.METADATA) + ":{", "},")));
        }
        long begin = 0;
        for (TensorInfo tensor : tensors) {
            append(json, tensor, begin);
            begin += tensor.byteSize();
        }
        if (json.length() > 1) {
            json.setLength(json.length() - 1); // the last comma
        }
        byte[] bytes = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
        int padded = Math.ceilDiv(bytes.length, ALIGNMENT) * ALIGNMENT;
        byte[] header = Arrays.copyOf(bytes, padded);
        Arrays.fill(header, bytes.length, padded, (byte) ' ');
        return ByteBuffer.allocate(Long.BYTES + padded)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded)
                .put(header)
                .flip();
    }

    private static void append(StringBuilder json, TensorInfo tensor, long begin) {
        String shape = tensor.shape().stream().map(String::valueOf).collect(Collectors.joining(","));
        json.append(quoted(tensor.name()))
                .append(":{\"dtype\":\"")
                .append(tensor.dtype())
                .append("\",\"shape\":[")
                .append(shape)
                .append("],\"data_offsets\":[")
                .append(begin)
                .append(',')
                .append(begin + tensor.byteSize())
                .append("]},");
    }

    /** A JSON string with no escape that is not needed. */
    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\b' -> json.append("\\b");
                case '\f' -> json.append("\\f");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> json.append(c < ' ' ? String.format(Locale.ROOT, "\\u%04x", (int) c) : c);
            }
        }
        return json.append('"').toString();
    }
}
