package dev.steelyard.cli;

import dev.steelyard.launcher.Distribution;
import dev.steelyard.launcher.RunState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Starts the platform as a process of its own and waits until it is ready. */
final class DetachedStart {
    private static final int BETWEEN_LOOKS_MILLIS = 100;

    private final Distribution distribution;
    private final Path data;
    private final Output output;

    DetachedStart(Distribution distribution, Path data, Output output) {
        this.distribution = distribution;
        this.data = data;
        this.output = output;
    }

    /** @param arguments of {@code steelyard} */
    int start(List<String> arguments) throws InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("setsid", distribution.root().resolve("bin/steelyard").toString()));
        command.addAll(arguments);
        Path log = data.resolve("logs").resolve("up.log");
        Process process = launch(command, log);
        while (process.isAlive()) {
            Optional<RunState> state =
                    RunState.read(data).filter(running -> running.ready() && running.pid() == process.pid());
            if (state.isPresent()) {
                output.lines(PlatformReport.lines(state.get(), data));
                output.line("It runs on in the background (pid " + process.pid() + "); `steelyard down --data " + data
                        + "` stops it.");
                return 0;
            }
            Thread.sleep(BETWEEN_LOOKS_MILLIS);
        }
        print(log);
        return 1;
    }

    private Process launch(List<String> command, Path log) {
        try {
            if (!Files.isDirectory(data)) {
                Files.createDirectories(
                        data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            Files.createDirectories(log.getParent());
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .start();
        } catch (IOException e) {
            throw new CommandException("cannot start the platform on " + data + ": " + e.getMessage());
        }
    }

    private void print(Path log) {
        try {
            output.lines(Files.readAllLines(log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
