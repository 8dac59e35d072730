package dev.steelyard.incremental.pretrainlm;

import dev.steelyard.incremental.language.DecoderSizes;
import dev.steelyard.incremental.training.OptimizerParams;
import dev.steelyard.incremental.training.ScheduleParams;
import dev.steelyard.method.Param;
import dev.steelyard.models.text.BytePairTraining;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;

/** Parameters of {@link PretrainLm}. Those from hiddenSize to tied are a new model's. */
public record PretrainLmParams(
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

        @Param(value = "Base of the rotary wavelengths.", defaultValue = "10000") @DecimalMin("1")
        double ropeTheta,

        @Param(value = "Whether the head is the token embedding.", defaultValue = "true")
        boolean tied,

        @Param(value = "Tokens of a window: what the model sees at once.", defaultValue = "128") @Min(2) @Max(65536)
        int context,

        @Param(
                value = "Tokens of the vocabulary that is learned where none is given; 257: bytes and the end token.",
                defaultValue = "4096")
        @Min(BytePairTraining.SMALLEST)
        @Max(65536)
        int vocabulary,

        @Param(value = "Updates.", defaultValue = "1000") @Min(1) @Max(100_000_000)
        int steps,

        @Param(value = "Windows computed at once.", defaultValue = "16") @Min(1) @Max(65536)
        int batch,

        @Param(value = "Batches whose mean gradient makes one update.", defaultValue = "1") @Min(1) @Max(65536)
        int accumulate,

        @Param(value = "Learning rate at its peak.", defaultValue = "0.001")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("10")
        double learningRate,

        @Param(
                value = "Optimizer and its settings.",
                defaultValue = "{\"beta2\": 0.95, \"weightDecay\": 0.1, \"noDecay\": [\"*norm.weight\"]}")
        @Valid
        OptimizerParams optimizer,

        @Param(
                value = "How the learning rate moves.",
                defaultValue = "{\"shape\": \"cosine\", \"warmUp\": 0.05, \"end\": 0.1}")
        @Valid
        ScheduleParams schedule,

        @Param(value = "Largest norm of the gradient; 0: any.", defaultValue = "1") @DecimalMin("0")
        double clip,

        @Param(
                value = "Share of the characters kept for validation, where the data has no part for it; 0: none.",
                defaultValue = "0.05")
        @DecimalMin("0")
        @DecimalMax("0.9")
        double validationShare,

        @Param(value = "Updates between validations; 0: at the end alone.", defaultValue = "200") @Min(0)
        int evaluateEvery,

        @Param(
                value = "Decay rate of an average of the weights, which is what is validated and written; 0: none.",
                defaultValue = "0")
        @DecimalMin("0")
        @DecimalMax(value = "1", inclusive = false)
        double ema,

        @Param(
                value = "fp32; or bf16: matrices are multiplied as bfloat16, all else stays in single precision.",
                defaultValue = "\"fp32\"")
        @Pattern(regexp = "fp32|bf16")
        String precision) {

    @AssertTrue(message = "heads: expected a divisor of hiddenSize that leaves heads of an even width")
    boolean isHeadsOfEvenWidth() {
        return DecoderSizes.headsFit(hiddenSize, heads);
    }

    @AssertTrue(message = "kvHeads: expected 0 or a divisor of heads")
    boolean isKvHeadsDivisor() {
        return DecoderSizes.keyValueHeadsFit(heads, kvHeads);
    }

    /** Of a new model. */
    DecoderSizes sizes() {
        return new DecoderSizes(
                hiddenSize, intermediateSize, layers, heads, kvHeads, ropeTheta, tied, context, vocabulary);
    }
}
