package dev.steelyard.artifacts.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.ArtifactKind;
import dev.steelyard.artifacts.FileEntry;
import dev.steelyard.artifacts.Manifest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeWriterTest {
    @TempDir
    Path folder;

    private DirectoryArtifactStore store;

    @BeforeEach
    void open() throws IOException {
        store = new DirectoryArtifactStore(folder);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @Test
    void what_was_streamed_in_is_the_artifact_that_a_folder_gives() throws IOException {
        Path tree = store.newTree("tree");
        Files.createDirectory(tree.resolve("sub"));
        Files.writeString(tree.resolve("config.json"), "{}");
        Files.writeString(tree.resolve("sub/w.bin"), "1234");
        Manifest expected = store.put(ArtifactKind.MODEL, tree);

        Manifest streamed;
        try (TreeWriter writer = store.newTreeWriter("upload", UploadLimits.standard())) {
            FileEntry entry = writer.add("sub/w.bin", text("1234"));
            writer.add("config.json", text("{}"));
            assertThat(entry).isEqualTo(expected.file("sub/w.bin").orElseThrow());
            assertThat(writer.size()).isEqualTo(6);
            streamed = store.put(ArtifactKind.MODEL, writer);
        }

        assertThat(streamed).isEqualTo(expected);
        store.verify(streamed.id());
        assertThat(store.stage(streamed.id()).resolve("sub/w.bin")).hasContent("1234");
    }

    @Test
    void limits_hold_and_leave_the_tree_as_it_was() throws IOException {
        try (TreeWriter writer = store.newTreeWriter("upload", new UploadLimits(2, 10, 15))) {
            writer.add("a", text("0123456789"));
            assertRefused(writer, "b", "01234567890", "b: larger than the 5 bytes allowed");
            assertRefused(writer, "b", "012345", "b: larger than the 5 bytes allowed");
            writer.add("b", text("01234"));
            assertRefused(writer, "c", "", "c: one file more than the 2 allowed");
            assertThat(writer.entries()).extracting(FileEntry::path).containsExactly("a", "b");
            writer.add("a", text("replaced")); // counts once
            assertThat(writer.size()).isEqualTo(13);
            writer.remove("b");
            writer.add("c", text("01234"));
            assertThat(store.put(ArtifactKind.DATASET, writer).files())
                    .extracting(FileEntry::path)
                    .containsExactly("a", "c");
        }
    }

    @Test
    void an_endless_stream_is_cut_off_at_the_limit() throws IOException {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                Arrays.fill(into, offset, offset + length, (byte) 'x');
                return length;
            }
        };
        try (TreeWriter writer = store.newTreeWriter("upload", new UploadLimits(1, 3_000_000, 3_000_000))) {
            assertThatThrownBy(() -> writer.add("a", endless)).isInstanceOf(ArtifactException.class);
            assertThat(writer.folder()).isEmptyDirectory();
        }
    }

    @Test
    void names_are_guarded() throws IOException {
        try (TreeWriter writer = store.newTreeWriter("upload", UploadLimits.standard())) {
            writer.add("Model/config.json", text("{}"));
            assertRefused(writer, "../a", "", "path '../a': '..' is not allowed");
            assertRefused(
                    writer,
                    "model/CONFIG.json",
                    "",
                    "model/CONFIG.json: differs from Model/config.json in letter case only");
            assertRefused(
                    writer,
                    "a.pkl",
                    "",
                    "a.pkl: is a Python pickle, which can run code when loaded; convert it to safetensors");
            assertRefused(writer, "MODEL", "", "MODEL: is the folder of Model/config.json");
            assertRefused(
                    writer,
                    "Model/config.json/x",
                    "",
                    "Model/config.json/x: is below Model/config.json, which is a file");
            assertThat(writer.entries()).hasSize(1);
        }
    }

    @Test
    void a_stream_that_breaks_leaves_the_file_before_it() throws IOException {
        InputStream broken = new SequenceInputStream(text("part"), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return read();
            }
        });
        try (TreeWriter writer = store.newTreeWriter("upload", UploadLimits.standard())) {
            writer.add("a", text("whole"));
            assertThatThrownBy(() -> writer.add("a", broken)).hasMessage("connection reset");
            assertThat(writer.folder().resolve("a")).hasContent("whole");
        }
    }

    @Test
    void files_changed_in_the_folder_are_hashed_anew() throws IOException {
        try (TreeWriter writer = store.newTreeWriter("upload", UploadLimits.standard())) {
            writer.add("model.onnx", text("graph"));
            writer.add("config.json", text("old"));
            Files.delete(writer.folder().resolve("model.onnx"));
            Files.writeString(writer.folder().resolve("model.safetensors"), "weights");
            Files.writeString(writer.folder().resolve("config.json"), "renewed");

            Manifest manifest = store.put(ArtifactKind.MODEL, writer);

            assertThat(manifest.files())
                    .extracting(FileEntry::path)
                    .containsExactly("config.json", "model.safetensors");
            store.verify(manifest.id());
        }
    }

    @Test
    void what_was_not_put_is_gone() throws IOException {
        Path unfinished;
        try (TreeWriter writer = store.newTreeWriter("upload", UploadLimits.standard())) {
            writer.add("a/b/c", text("x"));
            unfinished = writer.folder();
        }
        assertThat(unfinished).doesNotExist();
        assertThat(folder.resolve("manifests")).isEmptyDirectory();
    }

    @Test
    void files_written_side_by_side_are_all_there() throws Exception {
        try (TreeWriter writer = store.newTreeWriter("upload", UploadLimits.standard())) {
            try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
                List<Callable<FileEntry>> adds = IntStream.range(0, 500)
                        .<Callable<FileEntry>>mapToObj(
                                i -> () -> writer.add("folder " + i % 7 + "/" + i, text("content " + i % 400)))
                        .toList();
                for (Future<FileEntry> added : threads.invokeAll(adds)) {
                    assertThat(added.get().size()).isPositive();
                }
            }
            long bytes = writer.entries().stream().mapToLong(FileEntry::size).sum();
            assertThat(writer.size()).isEqualTo(bytes);

            Manifest manifest = store.put(ArtifactKind.DATASET, writer);

            assertThat(manifest.files()).hasSize(500);
            store.verify(manifest.id());
            assertThat(store.stage(manifest.id()).resolve("folder 3/444")).hasContent("content 44");
        }
    }

    @Test
    void what_is_being_written_takes_of_the_room() throws Exception {
        try (TreeWriter writer = store.newTreeWriter("upload", new UploadLimits(2, 10, 15))) {
            InputStream outer = new SequenceInputStream(text("01234567"), new InputStream() {
                @Override
                public int read() throws IOException {
                    return -1;
                }

                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                    writer.add("inner", text("inner")); // comes and goes while the outer one is written
                    assertRefused(writer, "inner", "012345678901", "inner: larger than the 10 bytes allowed");
                    return -1;
                }
            });
            writer.add("outer", outer);
            assertThat(writer.size()).isEqualTo(13);
            assertRefused(writer, "outer", "01234567890", "outer: larger than the 10 bytes allowed");
        }
    }

    @Test
    void nothing_comes_after_the_end() throws IOException {
        TreeWriter writer = store.newTreeWriter("upload", UploadLimits.standard());
        InputStream late = new InputStream() {
            @Override
            public int read() throws IOException {
                writer.close();
                return -1;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return read();
            }
        };
        assertThatThrownBy(() -> writer.add("a/b", late)).hasMessage("a/b: the tree it belongs to is finished");
        assertThat(writer.folder()).doesNotExist();
        assertRefused(writer, "c", "", "c: the tree it belongs to is finished");
    }

    private static void assertRefused(TreeWriter writer, String path, String content, String message) {
        assertThatThrownBy(() -> writer.add(path, text(content)))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(message);
    }

    private static InputStream text(String content) {
        return new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
    }
}
