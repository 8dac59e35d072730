package dev.steelyard.incremental.gacil;

import dev.steelyard.method.Param;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;

/** Parameters of {@link GAcilPredict}. */
public record GAcilPredictParams(
        @Param(value = "Ridge γ of the head; 0: the one the state was saved with.", defaultValue = "0")
        @DecimalMin("0")
        @DecimalMax("1e6")
        double gamma) {}
