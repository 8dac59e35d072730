package dev.steelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One run of the distribution's {@code bin/steelyard}.
 *
 * @param out what it said, both streams
 */
record CommandLineRun(int exit, String out) {

    /** The distribution under test. */
    static Path distribution() {
        return Path.of(System.getProperty("steelyard.dist"));
    }

    /** Runs a command on the platform of a data folder. */
    static CommandLineRun of(Path data, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(distribution().resolve("bin/steelyard").toString());
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile("steelyard-", ".out");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
            builder.environment().put("STEELYARD_DATA", data.toString());
            int exit = builder.start().waitFor();
            return new CommandLineRun(exit, Files.readString(out, StandardCharsets.UTF_8));
        } finally {
            Files.delete(out);
        }
    }

    /** The same, unless it failed. */
    CommandLineRun succeeded() {
        assertThat(exit).as(out).isZero();
        return this;
    }

    /** The last line. */
    String lastLine() {
        return out.strip().lines().reduce((first, second) -> second).orElse("");
    }
}
