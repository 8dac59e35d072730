package dev.steelyard.probe.noopshort;

import dev.steelyard.method.Param;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** Parameters of {@link NoopShort}. */
public record NoopShortParams(
        @Param(value = "How long to wait, in milliseconds", defaultValue = "0") @Min(0) @Max(60_000)
        int millis,

        @Param(value = "Any number; makes jobs differ, so that none is answered from the cache", defaultValue = "0")
        long number) {}
