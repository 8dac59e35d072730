package dev.steelyard.incremental.language;

/**
 * Sizes of a decoder that is made new.
 *
 * @param hiddenSize width of a token's vector, a multiple of {@code heads}
 * @param intermediateSize width of the feed-forward layer
 * @param layers decoder layers
 * @param heads query heads
 * @param keyValueHeads key and value heads, a divisor of {@code heads}
 * @param ropeTheta base of the rotary wavelengths
 * @param tied whether the head is the token embedding
 * @param context tokens of a window
 * @param vocabulary tokens to learn where no tokenizer is given
 */
public record DecoderSizes(
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int keyValueHeads,
        double ropeTheta,
        boolean tied,
        int context,
        int vocabulary) {
    private static final int STEP = 32;

    /** Width of a feed-forward layer with three matrices: 8/3 of the hidden size, up to a multiple of 32. */
    public static int intermediate(int hiddenSize) {
        return (8 * hiddenSize / 3 + STEP - 1) / STEP * STEP;
    }
}
