package dev.steelyard.cli;

import dev.steelyard.cli.client.SteelyardClient;
import dev.steelyard.launcher.RunState;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say which gateway to ask: by name, by environment, or the platform that runs on this machine. */
final class Gateway {
    @Option(
            names = "--url",
            paramLabel = "<url>",
            defaultValue = "${env:STEELYARD_URL}",
            description = "the gateway (or STEELYARD_URL); else the platform on this machine")
    private @Nullable String url;

    @Option(
            names = "--key",
            paramLabel = "<key>",
            defaultValue = "${env:STEELYARD_API_KEY}",
            description = "API key (or STEELYARD_API_KEY, which other users of the machine cannot see)")
    private @Nullable String key;

    @Option(
            names = "--data",
            paramLabel = "<folder>",
            defaultValue = "${env:STEELYARD_DATA}",
            description = "data folder of the platform on this machine; else ~/.steelyard")
    private @Nullable Path data;

    /** The data folder of the platform on this machine. */
    Path data() {
        return (data == null ? RunState.usualData() : data).toAbsolutePath().normalize();
    }

    /** A client of the gateway that was named, or of the platform on this machine. */
    SteelyardClient client() {
        Optional<RunState> local = url == null || key == null ? RunState.read(data()) : Optional.empty();
        String gateway = url == null
                ? local.map(RunState::gateway)
                        .orElseThrow(() -> new CommandException("no platform runs on " + data()
                                + "; start one with `steelyard up`, or name a gateway with --url"))
                : url;
        String apiKey = key == null ? localKey(gateway, local) : key;
        return new SteelyardClient(URI.create(gateway), apiKey);
    }

    private static String localKey(String gateway, Optional<RunState> local) {
        // The local platform's key must not travel to any other gateway.
        RunState state = local.filter(running -> running.gateway().equals(gateway))
                .orElseThrow(() -> new CommandException("no API key for " + gateway + ": set STEELYARD_API_KEY"));
        try {
            return Files.readString(Path.of(state.adminKeyFile())).strip();
        } catch (IOException e) {
            throw new CommandException("cannot read the API key in " + state.adminKeyFile() + ": " + e.getMessage());
        }
    }
}
