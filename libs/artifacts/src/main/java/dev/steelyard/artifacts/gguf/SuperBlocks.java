package dev.steelyard.artifacts.gguf;

/**
 * Blocks of 256 numbers in groups of 16 or 32, whose scales are themselves quantized under one or two half-precision
 * numbers ("k-quants"). Number i of a block lies in half i/128 of its bits: two-bit fields in quarter (i mod 128)/32 of
 * that half.
 */
final class SuperBlocks {
    private static final int SIZE = 256;
    private static final int FLOAT16 = Short.BYTES;
    private static final int PACKED_SCALES = 12;

    private SuperBlocks() {}

    /** 16 scales and minimums of 4 bits, two-bit numbers, d, dmin: w = d·s·q − dmin·m. */
    static void q2(byte[] bytes, int at, float[] out, int to) {
        int qs = at + 16;
        float d = PlainNumbers.float16(bytes, qs + SIZE / 4);
        float dMin = PlainNumbers.float16(bytes, qs + SIZE / 4 + FLOAT16);
        for (int i = 0; i < SIZE; i++) {
            int packed = bytes[at + i / 16];
            float scale = d * (packed & 0xf);
            float minimum = dMin * ((packed >> 4) & 0xf);
            out[to + i] = scale * twoBits(bytes, qs, i) - minimum;
        }
    }

    /** Third bits, two-bit numbers, 16 scales of 6 bits, d: w = d·(s − 32)·q, q from −4 to 3. */
    static void q3(byte[] bytes, int at, float[] out, int to) {
        int qs = at + SIZE / 8;
        int scales = qs + SIZE / 4;
        float d = PlainNumbers.float16(bytes, scales + PACKED_SCALES);
        for (int i = 0; i < SIZE; i++) {
            int group = i / 16;
            int low = (bytes[scales + group % 8] >> (group < 8 ? 0 : 4)) & 0xf;
            int high = (bytes[scales + 8 + group % 4] >> (2 * (group / 4))) & 3;
            float scale = d * ((low | high << 4) - 32);
            int third = (bytes[at + i % 32] >> (i / 32)) & 1; // set: nothing is taken off
            out[to + i] = scale * (twoBits(bytes, qs, i) - (third ^ 1) * 4);
        }
    }

    /** d, dmin, 8 scales and minimums of 6 bits, nibbles: w = d·s·q − dmin·m. */
    static void q4(byte[] bytes, int at, float[] out, int to) {
        int scales = at + 2 * FLOAT16;
        int qs = scales + PACKED_SCALES;
        for (int group = 0; group < SIZE / 32; group++) {
            float scale = PlainNumbers.float16(bytes, at) * scale(bytes, scales, group);
            float minimum = PlainNumbers.float16(bytes, at + FLOAT16) * minimum(bytes, scales, group);
            for (int i = 0; i < 32; i++) {
                int q = (bytes[qs + group / 2 * 32 + i] >> (4 * (group % 2))) & 0xf;
                out[to + group * 32 + i] = scale * q - minimum;
            }
        }
    }

    /** The same with fifth bits before the nibbles. */
    static void q5(byte[] bytes, int at, float[] out, int to) {
        int scales = at + 2 * FLOAT16;
        int fifths = scales + PACKED_SCALES;
        int qs = fifths + SIZE / 8;
        for (int group = 0; group < SIZE / 32; group++) {
            float scale = PlainNumbers.float16(bytes, at) * scale(bytes, scales, group);
            float minimum = PlainNumbers.float16(bytes, at + FLOAT16) * minimum(bytes, scales, group);
            for (int i = 0; i < 32; i++) {
                int low = (bytes[qs + group / 2 * 32 + i] >> (4 * (group % 2))) & 0xf;
                int q = low | (((bytes[fifths + i] >> group) & 1) << 4);
                out[to + group * 32 + i] = scale * q - minimum;
            }
        }
    }

    /** Nibbles, two-bit numbers above them, 16 signed scales, d: w = d·s·(q − 32). */
    static void q6(byte[] bytes, int at, float[] out, int to) {
        int high = at + SIZE / 2;
        int scales = high + SIZE / 4;
        float d = PlainNumbers.float16(bytes, scales + SIZE / 16);
        for (int i = 0; i < SIZE; i++) {
            int inHalf = i % 128;
            int low = (bytes[at + i / 128 * 64 + inHalf % 64] >> (4 * (inHalf / 64))) & 0xf;
            int q = (low | twoBits(bytes, high, i) << 4) - 32;
            out[to + i] = d * bytes[scales + i / 16] * q;
        }
    }

    private static int twoBits(byte[] bytes, int at, int i) {
        return (bytes[at + i / 128 * 32 + i % 32] >> (2 * (i % 128 / 32))) & 3;
    }

    /** Scales of 6 bits: the first four in low bits of bytes 0 to 3, the others in two pieces. */
    private static int scale(byte[] bytes, int at, int group) {
        return group < 4
                ? bytes[at + group] & 0x3f
                : (bytes[at + group + 4] & 0xf) | (((bytes[at + group - 4] >> 6) & 3) << 4);
    }

    private static int minimum(byte[] bytes, int at, int group) {
        return group < 4
                ? bytes[at + group + 4] & 0x3f
                : ((bytes[at + group + 4] >> 4) & 0xf) | (((bytes[at + group] >> 6) & 3) << 4);
    }
}
