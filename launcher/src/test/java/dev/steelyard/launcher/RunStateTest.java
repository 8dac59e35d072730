package dev.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStateTest {

    @TempDir
    Path folder;

    @Test
    void the_state_reads_as_it_was_written() {
        RunState state = state(ProcessHandle.current().pid(), ProcessStart.own());
        state.write(folder);

        assertThat(RunState.read(folder)).contains(state);
    }

    @Test
    void the_state_of_a_launcher_that_was_killed_is_no_state() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        state(gone.pid(), ProcessStart.own()).write(folder);

        assertThat(RunState.read(folder)).isEmpty();
    }

    @Test
    void another_process_that_has_the_launchers_id_is_not_the_launcher() throws IOException {
        Process other = new ProcessBuilder("sleep", "60").start();
        try {
            state(other.pid(), ProcessStart.own()).write(folder);
            assertThat(RunState.read(folder)).isEmpty();

            state(other.pid(), ProcessStart.of(other.pid()).orElseThrow()).write(folder);
            assertThat(RunState.read(folder)).isPresent();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void a_file_that_does_not_say_when_the_launcher_began_is_no_state() throws IOException {
        Files.writeString(
                folder.resolve("run.json"),
                "{\"pid\":" + ProcessHandle.current().pid() + ",\"ready\":true,\"processes\":[]}");

        assertThat(RunState.read(folder)).isEmpty();
    }

    private static RunState state(long pid, String started) {
        return new RunState(
                pid,
                started,
                true,
                "http://127.0.0.1:7070",
                "key",
                "127.0.0.1:7071",
                "jdbc:postgresql://127.0.0.1:7072/steelyard",
                List.of(new RunState.ServiceState("gateway", "http://127.0.0.1:7070")));
    }
}
