package dev.steelyard.artifacts.gguf;

/** Blocks of 32 numbers with one scale: w = d·q, or with a minimum: w = d·q + m. */
final class SmallBlocks {
    private static final int SIZE = 32;
    private static final int HALF = SIZE / 2;
    private static final int FLOAT16 = Short.BYTES;

    private SmallBlocks() {}

    /** d, then nibbles less 8. */
    static void q4Symmetric(byte[] bytes, int at, float[] out, int to) {
        float d = PlainNumbers.float16(bytes, at);
        for (int i = 0; i < SIZE; i++) {
            out[to + i] = d * (nibble(bytes, at + FLOAT16, i) - 8);
        }
    }

    /** d, m, then nibbles. */
    static void q4WithMinimum(byte[] bytes, int at, float[] out, int to) {
        float d = PlainNumbers.float16(bytes, at);
        float m = PlainNumbers.float16(bytes, at + FLOAT16);
        for (int i = 0; i < SIZE; i++) {
            out[to + i] = d * nibble(bytes, at + 2 * FLOAT16, i) + m;
        }
    }

    /** d, the fifth bits, then nibbles; less 16. */
    static void q5Symmetric(byte[] bytes, int at, float[] out, int to) {
        float d = PlainNumbers.float16(bytes, at);
        int fifth = PlainNumbers.int32(bytes, at + FLOAT16);
        for (int i = 0; i < SIZE; i++) {
            int q = nibble(bytes, at + FLOAT16 + Integer.BYTES, i) | (((fifth >>> i) & 1) << 4);
            out[to + i] = d * (q - 16);
        }
    }

    /** d, m, the fifth bits, then nibbles. */
    static void q5WithMinimum(byte[] bytes, int at, float[] out, int to) {
        float d = PlainNumbers.float16(bytes, at);
        float m = PlainNumbers.float16(bytes, at + FLOAT16);
        int fifth = PlainNumbers.int32(bytes, at + 2 * FLOAT16);
        for (int i = 0; i < SIZE; i++) {
            int q = nibble(bytes, at + 2 * FLOAT16 + Integer.BYTES, i) | (((fifth >>> i) & 1) << 4);
            out[to + i] = d * q + m;
        }
    }

    /** d, then signed bytes. */
    static void q8(byte[] bytes, int at, float[] out, int to) {
        float d = PlainNumbers.float16(bytes, at);
        for (int i = 0; i < SIZE; i++) {
            out[to + i] = d * bytes[at + FLOAT16 + i];
        }
    }

    /** Low nibbles are the first half of a block, high nibbles the second. */
    private static int nibble(byte[] bytes, int at, int i) {
        return (bytes[at + i % HALF] >> (i < HALF ? 0 : 4)) & 0xf;
    }
}
