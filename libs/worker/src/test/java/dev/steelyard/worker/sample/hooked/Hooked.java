package dev.steelyard.worker.sample.hooked;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Param;
import dev.steelyard.method.Port;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Runs what the test has laid down for the job. */
public final class Hooked implements Method<Hooked.Params> {
    private static final Map<String, Body> BODIES = new ConcurrentHashMap<>();

    /** Parameters. */
    public record Params(
            @Param(value = "A number", defaultValue = "1") @Min(1) @Max(9)
            int number) {}

    /** What a job does. */
    @FunctionalInterface
    public interface Body {
        Outputs run(JobContext job) throws MethodException, IOException, InterruptedException;
    }

    /** Lays down what a job is to do. */
    public static void job(String jobId, Body body) {
        BODIES.put(jobId, body);
    }

    @Override
    public MethodSpec<Params> spec() {
        return MethodSpec.of("hooked", "1", Params.class)
                .summary("Does what a test wants.")
                .input(Port.model("model", "any model").optional())
                .output(Port.report("result", "whatever").optional())
                .example("Standard", "{}")
                .build();
    }

    @Override
    public Outputs run(Params params, JobContext job) throws MethodException, IOException, InterruptedException {
        return BODIES.getOrDefault(job.jobId(), _ -> Outputs.of()).run(job);
    }
}
