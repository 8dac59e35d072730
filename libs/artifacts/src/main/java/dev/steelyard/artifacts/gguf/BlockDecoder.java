package dev.steelyard.artifacts.gguf;

/** Computes the numbers of one block, in the order of single-precision operations that ggml's reference has. */
interface BlockDecoder {
    /**
     * Decodes one block.
     *
     * @param bytes holds it at {@code at}
     * @param out gets its numbers from {@code to} on
     */
    void decode(byte[] bytes, int at, float[] out, int to);
}
