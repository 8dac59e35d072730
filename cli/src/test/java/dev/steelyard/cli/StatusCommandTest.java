package dev.steelyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.cli.testing.CommandRun;
import dev.steelyard.cli.testing.StubGateway;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusCommandTest {
    private static final String JSON = "--json";

    @TempDir
    Path data = Path.of("");

    @Test
    void every_part_is_asked_now_and_not_taken_from_what_was_written_at_the_start() throws Exception {
        AtomicInteger health = new AtomicInteger(200);
        Process launcher = new ProcessBuilder("sleep", "60").start();
        try {
            StubGateway up = StubGateway.start(exchange -> StubGateway.answer(exchange, health.get(), ""));
            writeState(launcher.pid(), up.url());
            assertThat(status().exit()).isZero();
            assertThat(status(JSON).out()).contains("\"ready\" : true").doesNotContain("\"ready\" : false");

            health.set(503);
            assertThat(status().exit()).isEqualTo(1);
            assertThat(status().out().lines()).anyMatch(line -> line.matches("kafka +ready.*"));
            assertThat(status().out().lines()).anyMatch(line -> line.matches("gateway +not ready.*"));
            assertThat(status(JSON).exit()).isEqualTo(1);

            up.close();
            assertThat(status().out().lines()).anyMatch(line -> line.matches("kafka +not ready.*"));
            assertThat(status().out().lines()).anyMatch(line -> line.matches("postgres +not ready.*"));
            assertThat(status(JSON).out()).doesNotContain("\"ready\" : true");
        } finally {
            launcher.destroyForcibly();
        }
    }

    @Test
    void that_none_runs_is_told_to_programs_as_json() {
        assertThat(status().out()).startsWith("no platform runs on " + data);
        assertThat(status(JSON).exit()).isEqualTo(1);
        assertThat(status(JSON).out()).startsWith("{").contains("\"ready\" : false");
    }

    @Test
    void options_of_a_gateway_elsewhere_are_refused_and_not_ignored() {
        assertThat(CommandRun.of("status", "--url", "http://127.0.0.1:1").exit())
                .isEqualTo(2);
        assertThat(CommandRun.of("down", "--key", "k").exit()).isEqualTo(2);
    }

    private CommandRun status(String... more) {
        String[] arguments = {"status", "--data=" + data};
        return more.length == 0 ? CommandRun.of(arguments) : CommandRun.of(arguments[0], arguments[1], more[0]);
    }

    private void writeState(long pid, URI url) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String began = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
        String boot =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        String address = url.getAuthority();
        Files.writeString(data.resolve("run.json"), """
                {"pid": %d, "started": "%s %s", "ready": true, "gateway": "%s", "adminKeyFile": "key", "kafka": "%s",
                 "postgres": "jdbc:postgresql://%s/steelyard", "processes": [{"name": "gateway", "url": "%s"}]}
                """.formatted(pid, boot, began, url, address, address, url));
    }
}
