package dev.steelyard.incremental.language;

/**
 * Sizes of a decoder that is made new.
 *
 * @param hiddenSize width of a token's vector, a multiple of {@code heads}
 * @param intermediateSize width of the feed-forward layer; given as 0, 8/3 of the hidden size, up to a multiple of 32
 * @param layers decoder layers
 * @param heads query heads
 * @param keyValueHeads key and value heads, a divisor of {@code heads}; given as 0, as many
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

    public DecoderSizes {
        intermediateSize = intermediateSize == 0 ? (8 * hiddenSize / 3 + STEP - 1) / STEP * STEP : intermediateSize;
        keyValueHeads = keyValueHeads == 0 ? heads : keyValueHeads;
    }

    /** Whether heads divide the hidden size into parts of an even width, as rotary positions need; true below 1 head. */
    public static boolean headsFit(int hiddenSize, int heads) {
        return heads < 1 || (hiddenSize % heads == 0 && hiddenSize / heads % 2 == 0);
    }

    /** Whether key and value heads divide the query heads; true below 1 of them. */
    public static boolean keyValueHeadsFit(int heads, int keyValueHeads) {
        return keyValueHeads < 1 || heads % keyValueHeads == 0;
    }
}
