package dev.steelyard.artifacts.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.Sha256;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardedWriterTest {
    private static final List<TensorInfo> TENSORS = List.of(
            TensorInfo.of("a", DType.U8, 4),
            TensorInfo.of("b", DType.U8, 6),
            TensorInfo.of("large", DType.U8, 30),
            TensorInfo.of("c", DType.F32, 1));

    @TempDir
    Path folder;

    @Test
    void shards_are_filled_in_order_and_a_large_tensor_has_one_of_its_own() throws IOException {
        write(folder, 10);

        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.tensors("model-00001-of-00003.safetensors"))
                    .extracting(TensorInfo::name)
                    .containsExactly("a", "b");
            assertThat(checkpoint.tensors("model-00002-of-00003.safetensors"))
                    .extracting(TensorInfo::name)
                    .containsExactly("large");
            assertThat(checkpoint.tensors("model-00003-of-00003.safetensors"))
                    .extracting(TensorInfo::name)
                    .containsExactly("c");
            assertThat(checkpoint.data("large").mismatch(bytes(30))).isEqualTo(-1);
        }
        // json.dumps(index, indent=2, sort_keys=True) + "\n", as transformers writes it
        assertThat(Files.readString(folder.resolve("model.safetensors.index.json")))
                .isEqualTo("""
                {
                  "metadata": {
                    "total_size": 44
                  },
                  "weight_map": {
                    "a": "model-00001-of-00003.safetensors",
                    "b": "model-00001-of-00003.safetensors",
                    "c": "model-00003-of-00003.safetensors",
                    "large": "model-00002-of-00003.safetensors"
                  }
                }
                """);
    }

    @Test
    void one_shard_needs_no_index() throws IOException {
        write(folder, 44);
        assertThat(hashes(folder)).containsOnlyKeys("model.safetensors");
    }

    @Test
    void the_same_tensors_give_the_same_bytes() throws IOException {
        Path one = Files.createDirectory(folder.resolve("one"));
        Path other = Files.createDirectory(folder.resolve("other"));
        write(one, 10);
        write(other, 10);
        assertThat(hashes(one)).hasSize(4).isEqualTo(hashes(other));
    }

    @Test
    void an_unfinished_checkpoint_leaves_nothing() throws IOException {
        try (ShardedWriter writer = ShardedWriter.create(folder, TENSORS, Map.of(), 10)) {
            writer.write("a", 0, bytes(4));
            writer.write("b", 0, bytes(6));
            assertThatThrownBy(writer::finish)
                    .isInstanceOf(ArtifactException.class)
                    .hasMessage("model-00002-of-00003.safetensors: large: 0 of 30 bytes written");
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_name_that_comes_twice_or_is_unknown_is_refused() throws IOException {
        List<TensorInfo> twice = List.of(TensorInfo.of("a", DType.U8, 4), TensorInfo.of("a", DType.U8, 4));
        assertThatThrownBy(
                        () -> ShardedWriter.create(folder, twice, Map.of(), 4).close())
                .hasMessage("a: is to be written twice");
        try (ShardedWriter writer = ShardedWriter.create(folder, TENSORS, Map.of(), 10)) {
            assertThatThrownBy(() -> writer.write("x", 0, bytes(1)))
                    .hasMessage("x: is not among the tensors of this checkpoint");
        }
        assertThat(folder).isEmptyDirectory();
    }

    private static void write(Path into, long maxShardBytes) throws IOException {
        try (ShardedWriter writer = ShardedWriter.create(into, TENSORS, Map.of("format", "pt"), maxShardBytes)) {
            for (TensorInfo tensor : TENSORS.reversed()) {
                writer.write(tensor.name(), 0, bytes((int) tensor.byteSize()));
            }
            writer.finish();
        }
    }

    private static MemorySegment bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i + count);
        }
        return MemorySegment.ofArray(bytes);
    }

    private static Map<String, String> hashes(Path folder) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                hashes.put(file.getFileName().toString(), Sha256.of(file));
            }
        }
        return hashes;
    }
}
