package dev.steelyard.probe.steps;

import dev.steelyard.method.Param;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** Parameters of {@link Steps}. */
public record StepsParams(
        @Param(value = "How many steps", defaultValue = "10") @Min(1) @Max(1_000_000)
        int steps,

        @Param(value = "How long one step takes, in milliseconds", defaultValue = "0") @Min(0) @Max(3_600_000)
        int millis,

        @Param(value = "Saves its state every so many steps; 0: never", defaultValue = "0") @Min(0)
        int checkpointEvery,

        @Param(value = "Step to fail at, from 1; 0: none", defaultValue = "0") @Min(0)
        int failAt,

        @Param(value = "How to fail", defaultValue = "\"method\"")
        Failure failure,

        @Param(value = "Whether to stop when told to", defaultValue = "\"at_once\"")
        Obedience obedience) {

    /** Ways to fail. */
    public enum Failure {
        /** As if the user's parameters were at fault. */
        METHOD,
        /** As if the machine were at fault. */
        IO,
        /** As if the method were. */
        INTERNAL,
        /** As if there were not enough memory. */
        MEMORY
    }

    /** Ways to take an order to stop. */
    public enum Obedience {
        /** As every method should. */
        AT_ONCE,
        /** Not at all: goes on to the last step. */
        NEVER
    }
}
