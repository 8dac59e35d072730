package dev.steelyard.cli;

import dev.steelyard.launcher.RunState;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Stops the platform on this machine. */
@Command(name = "down", mixinStandardHelpOptions = true, description = "Stop the platform on this machine.")
final class DownCommand implements Callable<Integer> {
    private static final int PATIENCE_SECONDS = 90;

    @Mixin
    private Output output = new Output();

    @Mixin
    private LocalPlatform platform = new LocalPlatform();

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        Optional<ProcessHandle> launcher =
                RunState.read(platform.data()).map(RunState::pid).flatMap(ProcessHandle::of);
        if (launcher.isEmpty()) {
            output.line("no platform runs on " + platform.data());
            return 0;
        }
        ProcessHandle process = launcher.get();
        process.destroy();
        try {
            process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new CommandException("pid " + process.pid() + " still runs after " + PATIENCE_SECONDS
                    + " s; its log is in " + platform.data().resolve("logs"));
        }
        output.line("stopped");
        return 0;
    }
}
