package dev.steelyard.probe.write;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.random.RandomGenerator;

/** Writes random bytes. Fills disks. */
public final class Write implements Method<WriteParams> {
    private static final int MEBIBYTE = 1 << 20;

    @Override
    public MethodSpec<WriteParams> spec() {
        return MethodSpec.of("write", "1", WriteParams.class)
                .summary("Writes random bytes.")
                .description("Tests large outputs and full disks. Holds 1 MiB in memory.")
                .output(Port.dataset("bytes", "one file of random bytes"))
                .example("16 MiB", "{\"mebibytes\": 16}")
                .build();
    }

    @Override
    public Outputs run(WriteParams params, JobContext job) throws IOException, InterruptedException {
        long size = (long) params.mebibytes() * MEBIBYTE;
        if (params.ask()) {
            job.requireDisk(size);
        }
        RandomGenerator random = job.random("bytes");
        byte[] chunk = new byte[MEBIBYTE];
        try (OutputStream out = Files.newOutputStream(job.output("bytes").resolve("bytes.bin"))) {
            for (int i = 1; i <= params.mebibytes(); i++) {
                job.checkCancelled();
                random.nextBytes(chunk);
                out.write(chunk);
                job.progress((double) i / params.mebibytes(), i + " MiB");
            }
        }
        return Outputs.of("bytes").with("bytes", size);
    }
}
