package dev.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
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
    void what_is_made_in_an_open_folder_is_for_its_owner_only() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        DataFolder.hold(folder).close();

        try (Stream<Path> inside = Files.list(folder)) {
            assertThat(inside.filter(Files::isDirectory))
                    .hasSize(4)
                    .allSatisfy(each -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                            .isEqualTo("rwx------"));
        }
    }
}
