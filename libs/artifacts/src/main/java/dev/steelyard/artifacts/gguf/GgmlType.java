package dev.steelyard.artifacts.gguf;

import java.util.Arrays;
import java.util.Optional;

/**
 * How the numbers of a tensor are stored: one by one, or as blocks that share scales. The types that whole models come
 * in; codebook types (IQ…) are not read.
 */
public enum GgmlType {
    F32(0, 1, 4, PlainNumbers::single),
    F16(1, 1, 2, PlainNumbers::half),
    Q4_0(2, 32, 18, SmallBlocks::q4Symmetric),
    Q4_1(3, 32, 20, SmallBlocks::q4WithMinimum),
    Q5_0(6, 32, 22, SmallBlocks::q5Symmetric),
    Q5_1(7, 32, 24, SmallBlocks::q5WithMinimum),
    Q8_0(8, 32, 34, SmallBlocks::q8),
    Q2_K(10, 256, 84, SuperBlocks::q2),
    Q3_K(11, 256, 110, SuperBlocks::q3),
    Q4_K(12, 256, 144, SuperBlocks::q4),
    Q5_K(13, 256, 176, SuperBlocks::q5),
    Q6_K(14, 256, 210, SuperBlocks::q6),
    BF16(30, 1, 2, PlainNumbers::bfloat);

    private final int code;
    private final int blockElements;
    private final int blockBytes;

    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private final BlockDecoder decoder;

    GgmlType(int code, int blockElements, int blockBytes, BlockDecoder decoder) {
        this.code = code;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
        this.decoder = decoder;
    }

    /** Elements stored together; a row is whole blocks. */
    public int blockElements() {
        return blockElements;
    }

    /** Bytes of one block. */
    public int blockBytes() {
        return blockBytes;
    }

    BlockDecoder decoder() {
        return decoder;
    }

    static Optional<GgmlType> of(int code) {
        return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }
}
