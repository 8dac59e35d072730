package dev.steelyard.tensor.kernels;

import java.lang.foreign.MemorySegment;

/**
 * A weight matrix as it is stored: symmetric codes of 4 or 8 bits, row after row, the first of a byte in its low half;
 * one scale for each group of neighbours in a row.
 *
 * @param bits b, 4 or 8
 * @param rows outputs
 * @param cols inputs, a multiple of 8
 * @param group weights that share a scale; divides {@code cols}
 * @param codes q + 2^(b−1), {@code rows * cols * bits / 8} bytes
 * @param scales F32, little-endian, [rows, cols / group]
 */
public record PackedMatrix(int bits, int rows, int cols, int group, MemorySegment codes, MemorySegment scales) {

    public PackedMatrix {
        if (bits != 4 && bits != 8) {
            throw new IllegalArgumentException("bits: expected 4 or 8, found " + bits);
        }
        if (rows < 1 || cols < 1 || cols % 8 != 0 || group < 8 || group % 8 != 0 || cols % group != 0) {
            throw new IllegalArgumentException(
                    "[%d, %d] in groups of %d: expected cols and group in eights and whole groups"
                            .formatted(rows, cols, group));
        }
        require("codes", codes, (long) rows * cols * bits / 8);
        require("scales", scales, (long) rows * (cols / group) * Float.BYTES);
    }

    private static void require(String what, MemorySegment segment, long bytes) {
        if (segment.byteSize() != bytes) {
            throw new IllegalArgumentException(
                    "%s: expected %d bytes, found %d".formatted(what, bytes, segment.byteSize()));
        }
    }

    /** Groups of one row. */
    public int groups() {
        return cols / group;
    }

    /** Bytes of the codes of one row. */
    public long rowBytes() {
        return (long) cols * bits / 8;
    }

    /** Bytes one product reads: codes and scales. */
    public long bytes() {
        return codes.byteSize() + scales.byteSize();
    }
}
