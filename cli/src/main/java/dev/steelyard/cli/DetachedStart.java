package dev.steelyard.cli;

import dev.steelyard.launcher.Distribution;
import dev.steelyard.launcher.OwnersFolder;
import dev.steelyard.launcher.RunState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    int start(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("setsid", distribution.root().resolve("bin/steelyard").toString()));
        command.addAll(arguments);
        Path log = data.resolve("logs").resolve("up.log");
        long before = Files.exists(log) ? Files.size(log) : 0;
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
        print(log, before);
        return 1;
    }

    private Process launch(List<String> command, Path log) {
        try {
            OwnersFolder.make(data);
            OwnersFolder.make(data.resolve("logs"));
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())) // it may be a running platform's
                    .redirectInput(Path.of("/dev/null").toFile())
                    .start();
        } catch (IOException e) {
            throw new CommandException("cannot start the platform on " + data + ": " + e.getMessage());
        }
    }

    /** What this start has written. */
    private void print(Path log, long from) throws IOException {
        try (InputStream written = Files.newInputStream(log)) {
            written.skipNBytes(from);
            output.lines(new String(written.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
        }
    }
}
