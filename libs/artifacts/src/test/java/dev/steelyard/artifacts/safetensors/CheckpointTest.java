package dev.steelyard.artifacts.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    @TempDir
    Path folder;

    @Test
    void single_file_is_a_checkpoint() throws IOException {
        write("model.safetensors", "b", "a");
        try (var checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.isSharded()).isFalse();
            assertThat(checkpoint.names()).containsExactly("a", "b");
            assertThat(checkpoint.files()).containsExactly("model.safetensors");
            assertThat(checkpoint.tensor("a")).contains(TensorInfo.of("a", DType.U8, 1));
            assertThat(checkpoint.tensor("c")).isEmpty();
        }
    }

    @Test
    void shards_are_read_as_one() throws IOException {
        write("one.safetensors", "a", "unnamed");
        write("two.safetensors", "b");
        index(Map.of("a", "one.safetensors", "b", "two.safetensors")).write(folder, 2);
        try (var checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.isSharded()).isTrue();
            assertThat(checkpoint.files()).containsExactly("one.safetensors", "two.safetensors");
            assertThat(checkpoint.fileOf("b")).isEqualTo("two.safetensors");
            assertThat(checkpoint.data("b").byteSize()).isEqualTo(1);
            assertThat(checkpoint.tensors("one.safetensors")).containsExactly(TensorInfo.of("a", DType.U8, 1));
        }
        assertThat(folder.resolve(CheckpointIndex.FILE)).hasContent("""
                {
                  "metadata": {
                    "total_size": 2
                  },
                  "weight_map": {
                    "a": "one.safetensors",
                    "b": "two.safetensors"
                  }
                }""");
    }

    @Test
    void what_is_put_into_an_edited_checkpoint_goes_to_its_file() throws IOException {
        write("model.safetensors", "b", "a");
        byte[] before = Files.readAllBytes(folder.resolve("model.safetensors"));
        try (var checkpoint = Checkpoint.edit(folder)) {
            checkpoint.data("b").set(ValueLayout.JAVA_BYTE, 0, (byte) 77);
        }
        byte[] after = Files.readAllBytes(folder.resolve("model.safetensors"));
        before[before.length - 1] = 77;
        assertThat(after).isEqualTo(before);
        try (var checkpoint = Checkpoint.open(folder)) {
            MemorySegment data = checkpoint.data("b");
            assertThatThrownBy(() -> data.set(ValueLayout.JAVA_BYTE, 0, (byte) 78))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void index_that_does_not_match_its_files_is_refused() throws IOException {
        write("one.safetensors", "a");
        index(Map.of("a", "one.safetensors", "b", "one.safetensors")).write(folder, 2);
        assertRefused(
                "one.safetensors: b: model.safetensors.index.json places it in this file, which does not hold it");
        index(Map.of("a", "one.safetensors", "b", "gone.safetensors")).write(folder, 2);
        assertRefused("gone.safetensors: b: model.safetensors.index.json names this file, but it is missing");
    }

    @Test
    void tensor_in_two_shards_is_refused() throws IOException {
        write("one.safetensors", "a");
        write("two.safetensors", "b", "a");
        index(Map.of("a", "one.safetensors", "b", "two.safetensors")).write(folder, 2);
        assertRefused("two.safetensors: a: is in one.safetensors as well");
    }

    @Test
    void index_that_leaves_the_folder_is_refused() throws IOException {
        index(Map.of("a", "../secret.safetensors")).write(folder, 1);
        assertRefused("path '../secret.safetensors': '..' is not allowed");
        index(Map.of("a", "sub/one.safetensors")).write(folder, 1);
        assertRefused("model.safetensors.index.json: a: is in 'sub/one.safetensors', not beside the index");
    }

    @Test
    void folder_without_safetensors_is_refused() throws IOException {
        Files.write(folder.resolve("pytorch_model.bin"), new byte[10]);
        assertThatThrownBy(() -> Checkpoint.open(folder).close())
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("holds neither model.safetensors nor model.safetensors.index.json");
    }

    @Test
    void index_that_is_not_one_is_refused() throws IOException {
        Files.writeString(folder.resolve(CheckpointIndex.FILE), "{\"weight_map\": {\"a\": 3}}");
        assertRefused("model.safetensors.index.json: a: weight_map names no file");
        Files.writeString(folder.resolve(CheckpointIndex.FILE), "{}");
        assertRefused("model.safetensors.index.json: has no weight_map");
        Files.writeString(folder.resolve(CheckpointIndex.FILE), "{\"weight_map\": {\"a\": \"x\", \"a\": \"y\"}}");
        assertThatThrownBy(() -> Checkpoint.open(folder).close()).hasMessageContaining("Duplicate");
    }

    @Test
    void tensor_is_refused_with_its_file_and_the_place_of_that() throws IOException {
        write("one.safetensors", "a");
        index(Map.of("a", "one.safetensors")).write(folder, 1);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.refuse("a", "is odd"))
                    .hasMessage("one.safetensors: a: is odd")
                    .extracting(ArtifactException::place)
                    .isEqualTo(Optional.of(folder));
            assertThatThrownBy(() -> checkpoint.data("b"))
                    .hasMessage("b: no such tensor in the checkpoint")
                    .isInstanceOfSatisfying(
                            ArtifactException.class, e -> assertThat(e.place()).contains(folder));
        }
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> Checkpoint.open(folder).close())
                .hasMessage(message)
                .isInstanceOfSatisfying(
                        ArtifactException.class, e -> assertThat(e.place()).contains(folder));
    }

    private static CheckpointIndex index(Map<String, String> files) {
        return new CheckpointIndex(new TreeMap<>(files));
    }

    private void write(String name, String... tensors) throws IOException {
        List<TensorInfo> infos = List.of(tensors).stream()
                .map(t -> TensorInfo.of(t, DType.U8, 1))
                .toList();
        try (var writer = SafetensorsWriter.create(folder.resolve(name), infos, Map.of())) {
            for (String tensor : tensors) {
                writer.write(tensor, 0, MemorySegment.ofArray(new byte[] {7}));
            }
            writer.finish();
        }
    }
}
