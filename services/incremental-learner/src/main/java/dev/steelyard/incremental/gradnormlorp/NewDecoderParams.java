package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.incremental.language.DecoderSizes;
import dev.steelyard.method.Param;
import dev.steelyard.models.text.BytePairTraining;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** A decoder to make where none is given, as a parameter of its own: {@code {"hiddenSize": 512, "layers": 8}}. */
public record NewDecoderParams(
        @Param(value = "Width of a token's vector.", defaultValue = "256") @Min(8) @Max(8192)
        int hiddenSize,

        @Param(value = "Decoder layers.", defaultValue = "4") @Min(1) @Max(256)
        int layers,

        @Param(value = "Query heads; a divisor of hiddenSize.", defaultValue = "4") @Min(1) @Max(256)
        int heads,

        @Param(value = "Key and value heads; a divisor of heads. 0: as many.", defaultValue = "0") @Min(0) @Max(256)
        int kvHeads,

        @Param(
                value = "Width of the feed-forward layer. 0: 8/3 of hiddenSize, up to a multiple of 32.",
                defaultValue = "0")
        @Min(0)
        @Max(65536)
        int intermediateSize,

        @Param(value = "Whether the head is the token embedding.", defaultValue = "true")
        boolean tied,

        @Param(
                value = "Tokens of the vocabulary that is learned where none is given; 257: bytes and the end token.",
                defaultValue = "4096")
        @Min(BytePairTraining.SMALLEST)
        @Max(65536)
        int vocabulary) {
    private static final double ROPE_THETA = 10_000;

    @AssertTrue(message = "heads: expected a divisor of hiddenSize that leaves heads of an even width")
    boolean isHeadsOfEvenWidth() {
        return DecoderSizes.headsFit(hiddenSize, heads);
    }

    @AssertTrue(message = "kvHeads: expected 0 or a divisor of heads")
    boolean isKvHeadsDivisor() {
        return DecoderSizes.keyValueHeadsFit(heads, kvHeads);
    }

    DecoderSizes sizes(int context) {
        return new DecoderSizes(
                hiddenSize, intermediateSize, layers, heads, kvHeads, ROPE_THETA, tied, context, vocabulary);
    }
}
