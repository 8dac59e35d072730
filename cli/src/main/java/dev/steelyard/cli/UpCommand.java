package dev.steelyard.cli;

import dev.steelyard.launcher.Distribution;
import dev.steelyard.launcher.Platform;
import dev.steelyard.launcher.PlatformOptions;
import dev.steelyard.launcher.RunState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts the platform on this machine. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Start the platform on this machine: broker, database, gateway and services.")
final class UpCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Mixin
    private LocalPlatform platform = new LocalPlatform();

    @Option(
            names = "--port",
            paramLabel = "<port>",
            defaultValue = "7070",
            description = "of the gateway; 0: any free one (default ${DEFAULT-VALUE})")
    private int port;

    @Option(
            names = "--kafka-port",
            paramLabel = "<port>",
            defaultValue = "7071",
            description = "of the broker; 0: any free one (default ${DEFAULT-VALUE})")
    private int kafkaPort;

    @Option(
            names = "--postgres-port",
            paramLabel = "<port>",
            defaultValue = "7072",
            description = "of the database; 0: any free one (default ${DEFAULT-VALUE})")
    private int postgresPort;

    @Option(
            names = "--services",
            split = ",",
            paramLabel = "<name>[:<n>]",
            description = "services to start, with the number of processes; else each once")
    private List<String> services = List.of();

    @Option(
            names = "--import-root",
            paramLabel = "<folder>",
            description = "a folder from which the gateway may import; repeatable")
    private List<Path> importRoots = List.of();

    @Option(names = "--detach", description = "return when it is ready and leave it running")
    private boolean detach;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = platform.data();
        if (detach) {
            return new DetachedStart(Distribution.running(), folder, output).start(arguments(folder));
        }
        System.setProperty("steelyard.logs", folder.resolve("logs").toString()); // read by logback.xml
        PlatformOptions options = PlatformOptions.of(Distribution.running(), folder)
                .withPorts(new PlatformOptions.Ports(port, kafkaPort, postgresPort))
                .withImportRoots(importRoots);
        output.line("Steelyard starts on " + folder);
        Platform.start(services.isEmpty() ? options : options.withServices(services), output::line);
        output.lines(PlatformReport.lines(RunState.read(folder).orElseThrow(), folder));
        output.line("Ctrl-C stops it.");
        new CountDownLatch(1).await(); // the platform's shutdown hook ends this
        return 0;
    }

    private List<String> arguments(Path folder) {
        List<String> arguments = new ArrayList<>(List.of(
                "up",
                "--data=" + folder,
                "--port=" + port,
                "--kafka-port=" + kafkaPort,
                "--postgres-port=" + postgresPort));
        services.forEach(service -> arguments.add("--services=" + service));
        importRoots.forEach(root -> arguments.add("--import-root=" + root.toAbsolutePath()));
        return arguments;
    }
}
