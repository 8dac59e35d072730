package dev.steelyard.cli;

import dev.steelyard.cli.client.MethodInfo;
import dev.steelyard.cli.client.SteelyardClient;
import dev.steelyard.launcher.AotTraining;
import dev.steelyard.launcher.Distribution;
import dev.steelyard.launcher.Platform;
import dev.steelyard.launcher.PlatformOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains the AOT caches of this distribution. */
@Command(
        name = "aot",
        hidden = true,
        mixinStandardHelpOptions = true,
        description = "Train the AOT caches of this distribution, so that its processes start sooner.")
final class AotCommand implements Callable<Integer> {
    private static final String TRAIN = "STEELYARD_AOT_TRAIN";

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "<folder>",
            description = "for the run that is recorded; not one that matters")
    private Path data = Path.of("");

    @Override
    public Integer call() throws IOException, InterruptedException {
        Distribution distribution = Distribution.running();
        System.setProperty(
                "steelyard.logs", data.resolve("logs").toAbsolutePath().toString());
        PlatformOptions options = PlatformOptions.of(distribution, data).withPorts(PlatformOptions.Ports.free());
        new AotTraining(options, output::line).run(platform -> exercise(distribution, platform));
        trainLauncher(distribution);
        return 0;
    }

    private void exercise(Distribution distribution, Platform platform) {
        try (SteelyardClient client = new SteelyardClient(platform.gateway(), platform.adminKey())) {
            for (MethodInfo method : client.methods().list()) {
                client.methods().get(method.id());
            }
            client.models().list();
            client.artifacts().list("", 0, "");
        }
        output.line("making the AOT cache of the command line");
        try {
            train(distribution, "methods", "--data=" + data.toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void trainLauncher(Distribution distribution) throws IOException, InterruptedException {
        output.line("making the AOT cache of the launcher");
        String folder = "--data=" + data.toAbsolutePath();
        Process up = start(distribution, "up", folder, "--port=0", "--kafka-port=0", "--postgres-port=0");
        while (up.isAlive() && !isReady()) {
            Thread.sleep(100);
        }
        up.destroy();
        up.waitFor();
    }

    private boolean isReady() {
        return dev.steelyard.launcher.RunState.read(data.toAbsolutePath().normalize())
                .map(dev.steelyard.launcher.RunState::ready)
                .orElse(false);
    }

    private void train(Distribution distribution, String... arguments) throws IOException, InterruptedException {
        if (start(distribution, arguments).waitFor() != 0) {
            throw new CommandException("the run to record did not succeed: " + String.join(" ", arguments));
        }
    }

    private static Process start(Distribution distribution, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(distribution.root().resolve("bin/steelyard").toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put(TRAIN, "1");
        return builder.start();
    }
}
