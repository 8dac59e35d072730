package dev.steelyard.artifacts.onnx;

import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Writes a matrix the other way round, a block of its columns at a time. */
final class Transpose {
    private static final long BLOCK_BYTES = 4 << 20;
    /** Columns copied side by side: a cache line of floats, so that each line of the source is fetched once. */
    private static final int STRIP = 16;

    private Transpose() {}

    /**
     * Writes the transpose.
     *
     * @param tensor the name to write it under
     * @param info shape of what is read: [rows, columns]
     */
    static void write(SafetensorsWriter writer, String tensor, TensorInfo info, MemorySegment data) throws IOException {
        long rows = info.shape().get(0);
        long columns = info.shape().get(1);
        int width = info.dtype().bytes();
        if (rows == 0 || columns == 0) {
            return;
        }
        long perBlock = Math.clamp(BLOCK_BYTES / (rows * width), 1, columns);
        for (long first = 0; first < columns; first += perBlock) {
            long count = Math.min(perBlock, columns - first);
            MemorySegment block = MemorySegment.ofArray(new byte[Math.toIntExact(count * rows * width)]);
            for (long strip = 0; strip < count; strip += STRIP) {
                long end = Math.min(strip + STRIP, count);
                for (long row = 0; row < rows; row++) {
                    for (long column = strip; column < end; column++) {
                        copy(width, data, row * columns + first + column, block, column * rows + row);
                    }
                }
            }
            writer.write(tensor, first * rows * width, block);
        }
    }

    /** Copies one element; indices count elements. */
    private static void copy(int width, MemorySegment from, long fromIndex, MemorySegment to, long toIndex) {
        switch (width) {
            case Byte.BYTES -> to.set(ValueLayout.JAVA_BYTE, toIndex, from.get(ValueLayout.JAVA_BYTE, fromIndex));
            case Short.BYTES ->
                to.set(
                        ValueLayout.JAVA_SHORT_UNALIGNED,
                        toIndex * width,
                        from.get(ValueLayout.JAVA_SHORT_UNALIGNED, fromIndex * width));
            case Integer.BYTES ->
                to.set(
                        ValueLayout.JAVA_INT_UNALIGNED,
                        toIndex * width,
                        from.get(ValueLayout.JAVA_INT_UNALIGNED, fromIndex * width));
            default ->
                to.set(
                        ValueLayout.JAVA_LONG_UNALIGNED,
                        toIndex * width,
                        from.get(ValueLayout.JAVA_LONG_UNALIGNED, fromIndex * width));
        }
    }
}
