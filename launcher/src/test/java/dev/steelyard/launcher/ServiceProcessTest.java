package dev.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.embedded.Children;
import dev.steelyard.embedded.Ports;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<String> said = new CopyOnWriteArrayList<>();

    @TempDir
    Path folder;

    @Test
    void one_that_is_killed_is_started_again_and_that_is_said() {
        int port = Ports.free();
        try (ServiceProcess process = process(port, String.valueOf(port))) {
            process.start();
            process.awaitReady(PATIENCE);
            long first = process.pid();

            ProcessHandle.of(first).orElseThrow().destroyForcibly();

            Awaitility.await().atMost(PATIENCE).until(() -> process.pid() != 0 && process.pid() != first);
            process.awaitReady(PATIENCE);
            assertThat(process.restarts()).isEqualTo(1);
            assertThat(said)
                    .singleElement()
                    .asString()
                    .contains("responder (pid " + first + ") ended with exit code 137; starting it again in 1 s");
        }
    }

    @Test
    void one_that_is_stopped_stays_stopped() {
        int port = Ports.free();
        ServiceProcess process = process(port, String.valueOf(port));
        process.start();
        process.awaitReady(PATIENCE);
        ProcessHandle running = ProcessHandle.of(process.pid()).orElseThrow();

        process.close();

        assertThat(running.isAlive()).isFalse();
        assertThat(process.pid()).isZero();
        assertThat(said).isEmpty();
    }

    @Test
    void one_that_cannot_start_is_told_with_its_last_words() {
        try (ServiceProcess process = process(Ports.free(), "fail")) {
            process.start();

            assertThatThrownBy(() -> process.awaitReady(PATIENCE))
                    .isInstanceOf(LauncherException.class)
                    .hasMessageContaining("responder ended while starting: the key of the house is lost")
                    .hasMessageContaining("responder.log");
        }
    }

    private ServiceProcess process(int port, String argument) {
        return new ServiceProcess(
                "responder",
                URI.create("http://127.0.0.1:" + port),
                folder.resolve("responder.log"),
                () -> new ProcessBuilder(
                        Jvm.java().toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Responder.class.getName(),
                        argument),
                new Children(),
                said::add);
    }
}
