package dev.steelyard.probe.write;

import dev.steelyard.method.Param;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** Parameters of {@link Write}. */
public record WriteParams(
        @Param(value = "How much to write, in MiB", defaultValue = "16") @Min(1) @Max(1_000_000)
        int mebibytes,

        @Param(value = "Whether to ask for the room before writing", defaultValue = "false")
        boolean ask) {}
