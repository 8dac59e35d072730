package dev.steelyard.worker.sample.quick;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Param;
import jakarta.validation.constraints.Max;

/** Doubles a number, if need be slowly and with words. */
public final class Quick implements Method<Quick.Params> {

    /** Parameters. */
    public record Params(
            @Param(value = "A number", defaultValue = "1") @Max(1_000_000)
            int number,

            @Param(value = "Milliseconds to wait", defaultValue = "0")
            int millis,

            @Param(value = "Length of a line to log", defaultValue = "0")
            int letters) {}

    @Override
    public MethodSpec<Params> spec() {
        return MethodSpec.of("quick", "1", Params.class)
                .summary("Doubles a number.")
                .shortJobs()
                .build();
    }

    @Override
    public Outputs run(Params params, JobContext job) throws MethodException, InterruptedException {
        if (params.number() < 0) {
            throw MethodException.parameter("/number", "number = " + params.number() + ": below zero");
        }
        if (params.letters() > 0) {
            job.log("x".repeat(params.letters()));
        }
        if (params.millis() > 0) {
            Thread.sleep(params.millis());
        }
        return Outputs.of().with("doubled", 2 * params.number());
    }
}
