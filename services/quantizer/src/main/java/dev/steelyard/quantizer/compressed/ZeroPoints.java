package dev.steelyard.quantizer.compressed;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Zero points of some rows as the format packs them: those of neighbouring rows of one group share a word. */
public final class ZeroPoints {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int bits;
    private final int perWord;
    private final int groups;
    private final MemorySegment words;

    /** @param rows how many */
    public ZeroPoints(PackedWeight weight, int rows) {
        bits = weight.grid().bits();
        perWord = weight.rowsPerZeroWord();
        groups = weight.groups();
        words = MemorySegment.ofArray(new byte[Math.ceilDiv(rows, perWord) * groups * Integer.BYTES]);
    }

    /** Zero points over words read from a checkpoint, from row 0 on. */
    public ZeroPoints(PackedWeight weight, MemorySegment words) {
        bits = weight.grid().bits();
        perWord = weight.rowsPerZeroWord();
        groups = weight.groups();
        this.words = words;
    }

    /**
     * Takes the zero points of one row.
     *
     * @param row counted from the first of these rows, which begins a word
     * @param codes z + 2^(b−1) of each group
     */
    public void set(int row, byte[] codes) {
        int shift = row % perWord * bits;
        for (int g = 0; g < groups; g++) {
            long at = at(row, g);
            words.set(INT, at, words.get(INT, at) | (Byte.toUnsignedInt(codes[g]) << shift));
        }
    }

    /** The zero point of a row's group. */
    public int get(int row, int group) {
        int code = (words.get(INT, at(row, group)) >>> (row % perWord * bits)) & ((1 << bits) - 1);
        return code - (1 << (bits - 1));
    }

    /** Where the words of a row begin in the whole tensor, in bytes. */
    public long offset(int row) {
        return at(row, 0);
    }

    public MemorySegment words() {
        return words;
    }

    private long at(int row, int group) {
        return ((long) (row / perWord) * groups + group) * Integer.BYTES;
    }
}
