package dev.steelyard.cli;

import dev.steelyard.cli.render.Text;
import dev.steelyard.launcher.RunState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What a person wants to know of a platform that has just come up. */
final class PlatformReport {
    private PlatformReport() {}

    static List<String> lines(RunState state, Path data) {
        Instant now = Instant.now();
        Instant started = ProcessHandle.of(state.pid())
                .flatMap(process -> process.info().startInstant())
                .orElse(now);
        return List.of(
                "ready after " + Text.duration(Duration.between(started, now)),
                "  gateway    " + state.gateway() + "  (API: " + state.gateway() + "/docs)",
                "  admin key  " + state.adminKeyFile(),
                "  Kafka      " + state.kafka(),
                "  logs       " + data.resolve("logs"));
    }
}
