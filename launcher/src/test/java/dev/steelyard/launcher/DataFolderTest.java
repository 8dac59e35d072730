package dev.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

    @TempDir
    Path folder;

    @Test
    void a_held_folder_is_refused_with_its_holder_and_free_again_afterwards() {
        Path data = folder.resolve("data");
        DataFolder held = DataFolder.hold(data);

        assertThatThrownBy(() -> DataFolder.hold(data))
                .isInstanceOf(LauncherException.class)
                .hasMessageContaining(data + " is in use by another platform (pid "
                        + ProcessHandle.current().pid() + ")")
                .hasMessageContaining("--data");

        held.close();
        DataFolder.hold(data).close();
    }

    @Test
    void closing_again_takes_nothing_from_the_next_holder() {
        Path data = folder.resolve("data");
        DataFolder first = DataFolder.hold(data);
        first.close();
        DataFolder second = DataFolder.hold(data);

        first.close();

        assertThatThrownBy(() -> DataFolder.hold(data)).isInstanceOf(LauncherException.class);
        second.close();
    }

    @Test
    void a_new_folder_is_for_its_owner_only() throws IOException {
        Path data = folder.resolve("data");
        DataFolder.hold(data).close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwx------");
    }

    @Test
    void the_state_of_a_launcher_that_was_killed_is_no_state() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        RunState dead = new RunState(gone.pid(), true, "http://127.0.0.1:1", "key", "kafka", "jdbc", List.of());
        dead.write(folder);

        assertThat(RunState.read(folder)).isEmpty();
    }

    @Test
    void the_state_reads_as_it_was_written() {
        RunState state = new RunState(
                ProcessHandle.current().pid(),
                true,
                "http://127.0.0.1:7070",
                "key",
                "127.0.0.1:7071",
                "jdbc:postgresql://127.0.0.1:7072/steelyard",
                List.of(new RunState.ServiceState("gateway", "http://127.0.0.1:7070")));
        state.write(folder);

        assertThat(RunState.read(folder)).contains(state);
    }
}
