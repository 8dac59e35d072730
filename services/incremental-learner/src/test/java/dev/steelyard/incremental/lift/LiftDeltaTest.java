package dev.steelyard.incremental.lift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.SafetensorsFile;
import dev.steelyard.artifacts.safetensors.ShardedWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.incremental.training.WeightFiles;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.ParamsReader;
import dev.steelyard.method.local.LocalRun;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiftDeltaTest {
    @TempDir
    Path root;

    private Path base = Path.of("");
    private Path tuned = Path.of("");
    private Path deltaFolder = Path.of("");

    /** A base in two shards of two types, and a tuned copy with three other entries. */
    @BeforeEach
    void writeModels() throws IOException {
        base = Files.createDirectories(root.resolve("base"));
        tuned = Files.createDirectories(root.resolve("tuned"));
        deltaFolder = Files.createDirectories(root.resolve("delta-in"));
        var tensors = List.of(
                TensorInfo.of("a.weight", DType.BF16, 8, 8),
                TensorInfo.of("b.weight", DType.F32, 4, 5),
                TensorInfo.of("norm.weight", DType.F32, 5));
        byte[] bytes = new byte[128 + 80 + 20];
        RandomGeneratorFactory.of("L64X128MixRandom").create(4).nextBytes(bytes);
        try (var writer = ShardedWriter.create(base, tensors, Map.of("format", "pt"), 150)) {
            writer.write("a.weight", 0, MemorySegment.ofArray(bytes).asSlice(0, 128));
            writer.write("b.weight", 0, MemorySegment.ofArray(bytes).asSlice(128, 80));
            writer.write("norm.weight", 0, MemorySegment.ofArray(bytes).asSlice(208, 20));
            writer.finish();
        }
        Files.writeString(base.resolve("config.json"), "{}");
        WeightFiles.copy(base, tuned);
        try (var checkpoint = Checkpoint.edit(tuned)) {
            for (int entry : new int[] {0, 63}) {
                flip(checkpoint.data("a.weight"), 2L * entry);
            }
            flip(checkpoint.data("b.weight"), 4 * 7 + 3);
        }
    }

    @Test
    void delta_applied_and_reverted_restores_all_bytes() throws Exception {
        Map<String, Long> counts = SparseDelta.write(deltaFolder.resolve("delta.safetensors"), base, tuned);

        assertThat(counts).isEqualTo(Map.of("a.weight", 2L, "b.weight", 1L));
        try (var delta = SafetensorsFile.open(deltaFolder.resolve("delta.safetensors"))) {
            assertThat(delta.data("a.weight.indices").toArray(ValueLayout.JAVA_INT_UNALIGNED))
                    .containsExactly(0, 63);
            assertThat(delta.tensor("a.weight.values")).contains(TensorInfo.of("a.weight.values", DType.BF16, 2));
            assertThat(delta.data("b.weight.indices").toArray(ValueLayout.JAVA_INT_UNALIGNED))
                    .containsExactly(7);
        }
        assertThat(run("apply", base)).isEqualTo(tree(tuned));
        assertThat(run("revert", tuned)).isEqualTo(tree(base));
    }

    @Test
    void delta_of_equal_models_is_empty_and_fits_its_base_alone() throws Exception {
        assertThat(SparseDelta.write(deltaFolder.resolve("delta.safetensors"), base, base))
                .isEmpty();
        assertThat(run("apply", base)).isEqualTo(tree(base));
    }

    @Test
    void another_base_is_refused_by_its_hash() throws Exception {
        SparseDelta.write(deltaFolder.resolve("delta.safetensors"), base, tuned);

        assertThatThrownBy(() -> run("apply", tuned))
                .isInstanceOf(MethodException.class)
                .hasMessageMatching("the delta is of base weights with hash [0-9a-f]{64}; these have [0-9a-f]{64}.*");
        assertThatThrownBy(() -> run("revert", base)).hasMessageContaining("is of tuned weights");
    }

    @Test
    void what_is_no_delta_is_refused() throws Exception {
        assertThatThrownBy(() -> run("apply", base)).hasMessageContaining("no such file");
        Files.copy(base.resolve("model-00001-of-00002.safetensors"), deltaFolder.resolve("delta.safetensors"));
        assertThatThrownBy(() -> run("apply", base))
                .hasMessage("delta.safetensors: is not a delta of the format steelyard-sparse-delta-1")
                .isInstanceOfSatisfying(
                        MethodException.class,
                        e -> assertThat(e.place()).contains(deltaFolder.resolve("delta.safetensors")));
    }

    @Test
    void damaged_model_is_refused_before_it_is_copied() throws Exception {
        SparseDelta.write(deltaFolder.resolve("delta.safetensors"), base, tuned);
        Path shard = base.resolve("model-00001-of-00002.safetensors");
        Files.writeString(shard, "short");

        assertThatThrownBy(() -> run("apply", base))
                .isInstanceOfSatisfying(
                        ArtifactException.class, e -> assertThat(e.place()).contains(shard));
    }

    @Test
    void hash_is_that_of_the_shell() throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", "sha256sum *.safetensors | sha256sum")
                .directory(base.toFile())
                .start();
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try (var checkpoint = Checkpoint.open(base)) {
            assertThat(printed).startsWith(WeightFiles.hash(base, checkpoint) + " ");
        }
    }

    @Test
    void modes_are_checked() throws MethodException {
        var reader = ParamsReader.of(LiftDeltaParams.class, ParamsReader.validator());
        assertThat(reader.read("{}").mode()).isEqualTo("apply");
        assertThatThrownBy(() -> reader.read("{\"mode\": \"merge\"}"))
                .isInstanceOfSatisfying(
                        MethodException.class, e -> assertThat(e.field()).contains("/mode"));
    }

    private Map<String, List<Byte>> run(String mode, Path model) throws Exception {
        var job = LocalRun.in(Files.createTempDirectory(root, "job"))
                .threads(2)
                .input("model", model)
                .input("delta", deltaFolder);
        job.of(new LiftDelta(), "{\"mode\": \"%s\"}".formatted(mode));
        return tree(job.output("model"));
    }

    private static void flip(MemorySegment data, long at) {
        data.set(ValueLayout.JAVA_BYTE, at, (byte) ~data.get(ValueLayout.JAVA_BYTE, at));
    }

    static Map<String, List<Byte>> tree(Path folder) throws IOException {
        Map<String, List<Byte>> tree = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                tree.put(
                        String.valueOf(file.getFileName()),
                        IntStream.range(0, bytes.length).mapToObj(i -> bytes[i]).toList());
            }
        }
        return tree;
    }
}
