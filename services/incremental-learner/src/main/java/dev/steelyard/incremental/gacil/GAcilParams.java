package dev.steelyard.incremental.gacil;

import dev.steelyard.incremental.features.EncoderChoice;
import dev.steelyard.method.Param;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;

/** Parameters of {@link GAcil}. */
public record GAcilParams(
        @Param(
                value = "What to do: learn samples, unlearn samples that were learned, merge the states `state` and "
                        + "`other`, or stream-benchmark, which learns a generalized class-incremental stream cut from "
                        + "`data` and compares.",
                defaultValue = "\"learn\"")
        @Pattern(regexp = "learn|unlearn|merge|stream-benchmark")
        String mode,

        @Param(value = "Width M of the random expansion; a state that is continued has its own.", defaultValue = "4096")
        @Min(256)
        @Max(32_768)
        int expansion,

        @Param(
                value = "Ridge γ of the head, from 1e-6; 0: that of the state, or 1 when there is none.",
                defaultValue = "0")
        @DecimalMin("0")
        @DecimalMax("1e6")
        double gamma,

        @Param(
                value =
                        "Whether to choose gamma instead, from a grid of 25 from 1e-6 to 1e6: the one whose head does best "
                                + "on a fifth of the data that is held out for it. For mode learn, and expansion up to 8192.",
                defaultValue = "false")
        boolean autoGamma,

        @Param(value = "Samples added at once; changes speed, not the result.", defaultValue = "1024")
        @Min(1)
        @Max(8192)
        int batch,

        @Param(value = "Tasks of the stream.", defaultValue = "5") @Min(1) @Max(1000)
        int tasks,

        @Param(value = "Percent of the stream's classes that belong to one task each.", defaultValue = "50")
        @Min(0)
        @Max(100)
        int disjoint,

        @Param(value = "Percent of the other classes' samples that are spread over all tasks.", defaultValue = "10")
        @Min(0)
        @Max(100)
        int blurry,

        @Param(value = "Samples of the stream between two measurements.", defaultValue = "500") @Min(50) @Max(1_000_000)
        int evaluateEvery,

        @Param(value = "Share of the samples that the stream keeps for the test.", defaultValue = "0.2")
        @DecimalMin("0.01")
        @DecimalMax("0.9")
        double testShare,

        @Param(
                value = "Whether the stream is also learned by a perceptron on the same features: plain, with EWC, and "
                        + "with 200 samples replayed.",
                defaultValue = "true")
        boolean baselines,

        @Param(value = "Strength λ of EWC's penalty.", defaultValue = "100") @DecimalMin("0") @DecimalMax("1e6")
        double ewc,

        @Param(
                value = "How a sentence encoder makes one vector of all tokens': auto (as the model asks), cls (the "
                        + "first token's), mean, or last.",
                defaultValue = "\"auto\"")
        @Pattern(regexp = "auto|cls|mean|last")
        String pool,

        @Param(
                value = "What is taken of an image classifier as encoder: penultimate (what its last layer sees) or "
                        + "logits.",
                defaultValue = "\"penultimate\"")
        @Pattern(regexp = "penultimate|logits")
        String layer) {

    /** γ as it was asked for, or else another. */
    double gammaOr(double other) {
        return gamma > 0 ? gamma : other;
    }

    /** How the input {@code encoder} is used. */
    EncoderChoice encoder() {
        return new EncoderChoice(pool, layer);
    }
}
