package dev.steelyard.probe.noop;

import dev.steelyard.method.Param;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** Parameters of {@link Noop}. */
public record NoopParams(
        @Param(value = "How long to wait, in milliseconds", defaultValue = "0") @Min(0) @Max(3_600_000)
        int millis,

        @Param(value = "Any number; makes jobs differ, so that none is answered from the cache", defaultValue = "0")
        long number) {}
