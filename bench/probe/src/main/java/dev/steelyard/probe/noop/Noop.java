package dev.steelyard.probe.noop;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;

/** Does nothing, for as long as it is told to. Measures what the platform itself costs. */
public final class Noop implements Method<NoopParams> {

    @Override
    public MethodSpec<NoopParams> spec() {
        return MethodSpec.of("noop", "1", NoopParams.class)
                .summary("Does nothing, one job to a slot.")
                .description("Measures what the platform itself costs. Needs nothing and writes nothing.")
                .example("At once", "{}")
                .example("A second", "{\"millis\": 1000}")
                .build();
    }

    @Override
    public Outputs run(NoopParams params, JobContext job) throws InterruptedException {
        Thread.sleep(params.millis());
        return Outputs.of();
    }
}
