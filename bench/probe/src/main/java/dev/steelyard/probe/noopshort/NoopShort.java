package dev.steelyard.probe.noopshort;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;

/** Does nothing, in batches. Measures what the platform costs where a method declares itself short. */
public final class NoopShort implements Method<NoopShortParams> {

    @Override
    public MethodSpec<NoopShortParams> spec() {
        return MethodSpec.of("noop-short", "1", NoopShortParams.class)
                .summary("Does nothing, in batches.")
                .description("Measures what the platform costs where a method declares itself short.")
                .shortJobs()
                .example("At once", "{}")
                .build();
    }

    @Override
    public Outputs run(NoopShortParams params, JobContext job) throws InterruptedException {
        if (params.millis() > 0) {
            Thread.sleep(params.millis());
        }
        return Outputs.of();
    }
}
