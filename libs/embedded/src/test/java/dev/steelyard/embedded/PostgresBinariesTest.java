package dev.steelyard.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresBinariesTest {

    @TempDir
    Path folder;

    private static List<Path> content(Path cache) throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.toList();
        }
    }

    @Test
    void two_that_unpack_at_once_leave_one_copy() throws IOException {
        Path cache = folder.resolve("cache");
        CompletableFuture<Path> other = CompletableFuture.supplyAsync(() -> PostgresBinaries.bin(cache));

        Path bin = PostgresBinaries.bin(cache);

        assertThat(other.join()).isEqualTo(bin);
        assertThat(bin.resolve("initdb")).isExecutable();
        assertThat(content(cache)).hasSize(1);
    }

    @Test
    void what_cannot_be_unpacked_leaves_nothing_behind() throws IOException {
        Path cache = folder.resolve("cache");
        PostgresBinaries.bin(cache);
        Path home = content(cache).getFirst();
        Folders.delete(home);
        Files.createFile(home); // in the way

        assertThatThrownBy(() -> PostgresBinaries.bin(cache))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining(cache.toString());

        assertThat(content(cache)).containsExactly(home);
    }
}
