package dev.steelyard.incremental.lift;

import dev.steelyard.method.Param;
import jakarta.validation.constraints.Pattern;

/** Parameters of {@link LiftDelta}. */
public record LiftDeltaParams(
        @Param(value = "Whether to apply the delta to its base or to revert a tuned model.", defaultValue = "\"apply\"")
        @Pattern(regexp = "apply|revert")
        String mode) {}
