package dev.steelyard.incremental.gacil;

import dev.steelyard.incremental.features.EncoderChoice;
import dev.steelyard.method.Param;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Pattern;

/** Parameters of {@link GAcilPredict}. */
public record GAcilPredictParams(
        @Param(value = "Ridge γ of the head; 0: the one the state was saved with.", defaultValue = "0")
        @DecimalMin("0")
        @DecimalMax("1e6")
        double gamma,

        @Param(value = "File of the predictions: jsonl or parquet.", defaultValue = "\"jsonl\"")
        @Pattern(regexp = "jsonl|parquet")
        String format,

        @Param(value = "As in the job that learned: auto, cls, mean or last.", defaultValue = "\"auto\"")
        @Pattern(regexp = "auto|cls|mean|last")
        String pool,

        @Param(value = "As in the job that learned: penultimate or logits.", defaultValue = "\"penultimate\"")
        @Pattern(regexp = "penultimate|logits")
        String layer) {

    /** How the input {@code encoder} is used. */
    EncoderChoice encoder() {
        return new EncoderChoice(pool, layer);
    }
}
