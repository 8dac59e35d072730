package dev.steelyard.cli;

import dev.steelyard.cli.client.SteelyardClient;
import dev.steelyard.launcher.RunState;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that say which gateway to ask: by name, by environment, or the platform that runs on this machine. */
final class Gateway {
    private static final Pattern ADDRESS =
            Pattern.compile("https?://([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?/?", Pattern.CASE_INSENSITIVE);

    @Option(
            names = "--url",
            paramLabel = "http[s]://<host>[:<port>]",
            defaultValue = "${env:STEELYARD_URL}",
            description = "the gateway (or STEELYARD_URL); else the platform on this machine")
    private @Nullable String url;

    @Option(
            names = "--key",
            paramLabel = "<key>",
            defaultValue = "${env:STEELYARD_API_KEY}",
            description = "API key (or STEELYARD_API_KEY, which other users of the machine cannot see)")
    private @Nullable String key;

    @Mixin
    private LocalPlatform local = new LocalPlatform();

    /** A client of the gateway that was named, or of the platform on this machine. */
    SteelyardClient client() {
        Optional<RunState> running = url == null || key == null ? RunState.read(local.data()) : Optional.empty();
        String gateway = url == null
                ? running.map(RunState::gateway)
                        .orElseThrow(() -> new NoGatewayException("no platform runs on " + local.data()
                                + "; start one with `steelyard up`, or name a gateway with --url"))
                : url;
        URI address = address(gateway);
        String apiKey = key == null ? localKey(gateway, running) : key;
        return new SteelyardClient(address, apiKey);
    }

    private static URI address(String url) {
        if (!ADDRESS.matcher(url).matches()) {
            throw new UsageException("--url '" + url + "': expected http://<host>[:<port>], or https");
        }
        return URI.create(url);
    }

    private static String localKey(String gateway, Optional<RunState> running) {
        // The local platform's key must not travel to any other gateway.
        RunState state = running.filter(local -> local.gateway().equals(gateway))
                .orElseThrow(() -> new UsageException("no API key for " + gateway + ": set STEELYARD_API_KEY"));
        try {
            return Files.readString(Path.of(state.adminKeyFile())).strip();
        } catch (IOException e) {
            throw new CommandException("cannot read the API key in " + state.adminKeyFile() + ": " + e.getMessage());
        }
    }
}
