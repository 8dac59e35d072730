package dev.steelyard.incremental.features;

import dev.steelyard.method.Param;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;

/** Parameters of {@link FeatureExtraction}. */
public record FeatureParams(
        @Param(
                value = "How a sentence encoder makes one vector of all tokens': auto (as the model asks), cls (the "
                        + "first token's), mean, or last.",
                defaultValue = "\"auto\"")
        @Pattern(regexp = "auto|cls|mean|last")
        String pool,

        @Param(
                value = "What is taken of an image classifier: penultimate (what its last layer sees) or logits.",
                defaultValue = "\"penultimate\"")
        @Pattern(regexp = "penultimate|logits")
        String layer,

        @Param(value = "Rows encoded at once; changes speed and memory.", defaultValue = "256") @Min(1) @Max(8192)
        int batch) {}
