package dev.steelyard.artifacts.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.ArtifactId;
import dev.steelyard.artifacts.ArtifactKind;
import dev.steelyard.artifacts.FileEntry;
import dev.steelyard.artifacts.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryArtifactStoreTest {
    @TempDir
    Path folder;

    @Test
    void the_same_content_gives_the_same_id_wherever_it_was_put() throws IOException {
        var first = new DirectoryArtifactStore(folder.resolve("a"));
        var second = new DirectoryArtifactStore(folder.resolve("b"));

        Manifest one = first.put(ArtifactKind.MODEL, tree(first, "config.json", "{}", "sub/w.bin", "1234"));
        Manifest other = second.put(ArtifactKind.MODEL, tree(second, "sub/w.bin", "1234", "config.json", "{}"));

        assertThat(other.id()).isEqualTo(one.id());
        // computed by hand: printf of the canonical JSON piped to sha256sum
        assertThat(new String(one.canonicalJson(), StandardCharsets.UTF_8))
                .isEqualTo("{\"files\":[{\"path\":\"config.json\",\"sha256\":"
                        + "\"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\",\"size\":2},"
                        + "{\"path\":\"sub/w.bin\",\"sha256\":"
                        + "\"03ac674216f3e15c761ee1a5e255f067953623c8b388b4459e13f978d7c846f4\",\"size\":4}],"
                        + "\"kind\":\"model\",\"version\":1}");
    }

    @Test
    void a_staged_artifact_reads_as_it_was_put_and_cannot_be_written() throws IOException {
        var store = new DirectoryArtifactStore(folder);
        ArtifactId id =
                store.put(ArtifactKind.DATASET, tree(store, "a/b.txt", "hello")).id();

        Path staged = store.stage(id);

        assertThat(staged.resolve("a/b.txt")).hasContent("hello");
        assertThat(Files.getPosixFilePermissions(staged.resolve("a/b.txt")))
                .noneMatch(p -> p.name().endsWith("WRITE"));
        assertThat(store.stage(id)).isEqualTo(staged);
        store.verify(id);
    }

    @Test
    void a_range_of_a_file_can_be_read() throws IOException {
        var store = new DirectoryArtifactStore(folder);
        Manifest manifest = store.put(ArtifactKind.DATASET, tree(store, "x", "0123456789"));

        try (InputStream in = store.open(manifest.files().getFirst(), 3, 4)) {
            assertThat(in.readAllBytes()).asString(StandardCharsets.US_ASCII).isEqualTo("3456");
        }
    }

    @Test
    void a_tree_that_could_not_be_put_can_be_put_again() throws IOException {
        var store = new DirectoryArtifactStore(folder);
        Path tree = tree(store, "a", "1", "sub/b", "2");
        Path manifests = folder.resolve("manifests");
        Files.delete(manifests);
        Files.createFile(manifests); // no folder can be made in it

        assertThatThrownBy(() -> store.put(ArtifactKind.DATASET, tree)).isInstanceOf(IOException.class);
        Files.delete(manifests);
        Files.createDirectory(manifests);

        assertThat(store.put(ArtifactKind.DATASET, tree).files())
                .extracting(FileEntry::path)
                .containsExactly("a", "sub/b");
        assertThat(tree).doesNotExist();
    }

    @Test
    void an_altered_manifest_is_refused() throws IOException {
        var store = new DirectoryArtifactStore(folder);
        ArtifactId id = store.put(ArtifactKind.DATASET, tree(store, "x", "1")).id();
        Path manifest;
        try (Stream<Path> files = Files.walk(folder.resolve("manifests"))) {
            manifest = files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        Files.setPosixFilePermissions(manifest, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        Files.writeString(manifest, Files.readString(manifest).replace("\"size\":1", "\"size\":2"));

        assertThatThrownBy(() -> store.manifest(id))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("manifest is damaged");
    }

    @Test
    void a_link_in_a_tree_is_refused_and_nothing_can_be_seen() throws IOException {
        var store = new DirectoryArtifactStore(folder);
        Path tree = tree(store, "ok", "1");
        Files.createSymbolicLink(tree.resolve("passwd"), Path.of("/etc/hostname"));

        assertThatThrownBy(() -> store.put(ArtifactKind.MODEL, tree))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("passwd: is a link; an artifact holds plain files only");
        assertThat(folder.resolve("manifests")).isEmptyDirectory();
    }

    @Test
    void the_newest_checkpoint_replaces_the_one_before() throws IOException {
        var store = new DirectoryArtifactStore(folder);
        assertThat(store.checkpoint("job-1", 1)).isEmpty();

        store.saveCheckpoint("job-1", 1, tree(store, "step", "1"));
        store.saveCheckpoint("job-1", 1, tree(store, "step", "2"));

        assertThat(store.checkpoint("job-1", 1).orElseThrow().resolve("step")).hasContent("2");
        store.removeCheckpoint("job-1", 1);
        assertThat(store.checkpoint("job-1", 1)).isEmpty();
    }

    @Test
    void a_state_that_a_later_dispatch_saved_or_restored_stays() throws IOException {
        var store = new DirectoryArtifactStore(folder);
        store.saveCheckpoint("job-1", 1, tree(store, "step", "1"));
        store.saveCheckpoint("job-1", 3, tree(store, "step", "2"));

        store.removeCheckpoint("job-1", 2);
        store.saveCheckpoint("job-1", 1, tree(store, "step", "3"));
        store.removeCheckpoint("job-1", 2);

        assertThat(store.checkpoint("job-1", 4).orElseThrow().resolve("step")).hasContent("3");
        store.removeCheckpoint("job-1", 3);
        assertThat(new DirectoryArtifactStore(folder).checkpoint("job-1", 1)).isPresent();
        store.removeCheckpoint("job-1", 4);
        assertThat(store.checkpoint("job-1", 4)).isEmpty();
        assertThat(folder.resolve("checkpoints")).isEmptyDirectory();
    }

    @Test
    void a_state_of_an_unknown_dispatch_is_anybodys_to_remove() throws IOException {
        var store = new DirectoryArtifactStore(folder);
        store.saveCheckpoint("job-1", 3, tree(store, "step", "1"));
        Files.delete(folder.resolve("checkpoints/job-1/dispatch"));

        store.removeCheckpoint("job-1", 1);

        assertThat(store.checkpoint("job-1", 3)).isEmpty();
    }

    @Test
    void a_state_that_nobody_came_back_for_is_swept() throws IOException {
        var store = new DirectoryArtifactStore(folder);
        store.saveCheckpoint("old", 1, tree(store, "step", "1"));
        store.saveCheckpoint("new", 1, tree(store, "step", "1"));
        leaveForEightDays("old");

        assertThat(store.sweepCheckpoints(Duration.ofDays(7))).isEqualTo(1);

        assertThat(store.checkpoint("old", 1)).isEmpty();
        assertThat(store.checkpoint("new", 1)).isPresent();
    }

    @Test
    void a_state_that_somebody_came_back_for_is_not_swept() throws IOException {
        var store = new DirectoryArtifactStore(folder);
        store.saveCheckpoint("restored", 1, tree(store, "step", "1"));
        store.saveCheckpoint("replaced", 1, tree(store, "step", "1"));
        leaveForEightDays("restored");
        leaveForEightDays("replaced");
        Path restored = store.checkpoint("restored", 1).orElseThrow();
        store.saveCheckpoint("replaced", 1, tree(store, "step", "2"));

        assertThat(store.sweepCheckpoints(Duration.ofDays(7))).isZero();

        assertThat(restored.resolve("step")).hasContent("1");
        assertThat(store.checkpoint("replaced", 1)).isPresent();
    }

    @Test
    void what_is_no_state_is_not_swept_and_does_not_stop_the_sweep() throws IOException {
        var store = new DirectoryArtifactStore(folder);
        Path checkpoints = folder.resolve("checkpoints");
        Files.createDirectory(checkpoints.resolve("lost+found"));
        Files.createFile(checkpoints.resolve(".DS_Store"));
        Files.createFile(checkpoints.resolve("notes"));
        store.saveCheckpoint("old", 1, tree(store, "step", "1"));
        for (String name : List.of("lost+found", ".DS_Store", "notes", "old")) {
            leaveForEightDays(name);
        }

        assertThat(store.sweepCheckpoints(Duration.ofDays(7))).isEqualTo(1);

        assertThat(checkpoints).isDirectoryNotContaining("glob:**/old").isDirectoryContaining("glob:**/lost+found");
        assertThat(checkpoints.resolve("notes")).exists();
    }

    private void leaveForEightDays(String key) throws IOException {
        Files.setLastModifiedTime(
                folder.resolve("checkpoints").resolve(key),
                FileTime.from(Instant.now().minus(Duration.ofDays(8))));
    }

    private static Path tree(ArtifactStore store, String... pathsAndContents) throws IOException {
        Path tree = store.newTree("test");
        for (int i = 0; i < pathsAndContents.length; i += 2) {
            Path file = tree.resolve(pathsAndContents[i]);
            Files.createDirectories(file.getParent());
            Files.writeString(file, pathsAndContents[i + 1]);
        }
        return tree;
    }
}
