package dev.steelyard.artifacts.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * A tensor of a GGUF file.
 *
 * @param name unique in its file
 * @param type how its numbers are stored
 * @param shape sizes, row major, outermost first (GGUF writes them the other way round); one or more
 * @param data its bytes, read-only; they end with the file
 */
public record GgufTensor(String name, GgmlType type, List<Long> shape, MemorySegment data) {

    public GgufTensor {
        shape = List.copyOf(shape);
    }

    /** Elements of a row: the innermost size. */
    public long rowElements() {
        return shape.getLast();
    }

    /** Rows in all. */
    public long rows() {
        return shape.subList(0, shape.size() - 1).stream().reduce(1L, Math::multiplyExact);
    }

    /**
     * Computes a row's numbers, the same bits as ggml's reference.
     *
     * @param out gets them from {@code to} on
     */
    public void readRow(long row, float[] out, int to) {
        int blocks = Math.toIntExact(rowElements() / type.blockElements());
        long rowBytes = (long) blocks * type.blockBytes();
        byte[] bytes = data.asSlice(row * rowBytes, rowBytes).toArray(ValueLayout.JAVA_BYTE);
        for (int block = 0; block < blocks; block++) {
            type.decoder().decode(bytes, block * type.blockBytes(), out, to + block * type.blockElements());
        }
    }
}
