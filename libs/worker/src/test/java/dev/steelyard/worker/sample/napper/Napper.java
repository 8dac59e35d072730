package dev.steelyard.worker.sample.napper;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Param;
import dev.steelyard.method.Port;
import java.io.IOException;
import java.nio.file.Files;

/** Sleeps, then writes. */
public final class Napper implements Method<Napper.Params> {

    /** Parameters. */
    public record Params(@Param("Milliseconds to sleep") int millis) {}

    @Override
    public MethodSpec<Params> spec() {
        return MethodSpec.of("napper", "1", Params.class)
                .summary("Sleeps, then writes.")
                .output(Port.report("result", "a line"))
                .build();
    }

    @Override
    public Outputs run(Params params, JobContext job) throws IOException, InterruptedException {
        Files.writeString(job.output("result").resolve("line.txt"), "slept\n");
        Thread.sleep(params.millis());
        return Outputs.of("result");
    }
}
