package dev.steelyard.artifacts.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.steelyard.artifacts.SharedData;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exchanges files with the reference implementation, where Python has it: {@code pip install safetensors numpy}. */
class ReferenceInteroperationTest {
    private static final String VARIABLE = "STEELYARD_PYTHON";

    @TempDir
    Path folder;

    @BeforeAll
    static void python_has_safetensors() throws Exception {
        assumeTrue(
                run("import safetensors.numpy, numpy", Path.of("")).isPresent(),
                () -> "skipped: " + python() + " has no safetensors and numpy; pip install them or set " + VARIABLE);
    }

    @Test
    void what_the_reference_wrote_is_read() throws Exception {
        run("""
            import numpy as np
            from safetensors.numpy import save_file
            save_file({"long": np.arange(6, dtype=np.int64).reshape(2, 3), "real": np.array([1.5, -2], np.float32),
                       "half": np.array([0.5], np.float16), "flag": np.array([True, False]),
                       "ünï/\\"code\\\\": np.zeros((0, 2), np.uint8)}, "reference.safetensors", {"format": "np"})
            """);
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("reference.safetensors"))) {
            assertThat(file.tensors())
                    .containsExactly(
                            TensorInfo.of("long", DType.I64, 2, 3),
                            TensorInfo.of("real", DType.F32, 2),
                            TensorInfo.of("half", DType.F16, 1),
                            TensorInfo.of("ünï/\"code\\", DType.U8, 0, 2),
                            TensorInfo.of("flag", DType.BOOL, 2));
            assertThat(file.data("long").toArray(ValueLayout.JAVA_LONG_UNALIGNED))
                    .containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(file.data("real").toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
                    .containsExactly(1.5f, -2f);
            assertThat(file.metadata()).containsExactly(Map.entry("format", "np"));
        }
    }

    @Test
    void what_is_written_here_the_reference_reads_and_writes_again_in_the_same_bytes() throws Exception {
        List<TensorInfo> tensors = List.of(
                TensorInfo.of("model.a\t\u001f\"\\/é😀", DType.I16, 2),
                TensorInfo.of("z", DType.F32, 1, 2),
                TensorInfo.of("b", DType.U8, 3),
                TensorInfo.of("a", DType.F64, 1),
                TensorInfo.of("c", DType.BOOL, 1),
                TensorInfo.of("d", DType.I8, 1),
                TensorInfo.of("e", DType.U64, 1),
                TensorInfo.of("f", DType.F16));
        try (SafetensorsWriter writer =
                SafetensorsWriter.create(folder.resolve("ours.safetensors"), tensors, Map.of("format", "np"))) {
            for (TensorInfo tensor : tensors) {
                byte[] bytes = new byte[(int) tensor.byteSize()];
                bytes[0] = 1;
                writer.write(tensor.name(), 0, MemorySegment.ofArray(bytes));
            }
            writer.finish();
        }
        run("""
            from safetensors import safe_open
            from safetensors.numpy import save_file
            with safe_open("ours.safetensors", "np") as f:
                save_file({k: f.get_tensor(k) for k in f.keys()}, "theirs.safetensors", f.metadata())
            """);
        assertThat(folder.resolve("theirs.safetensors")).hasSameBinaryContentAs(folder.resolve("ours.safetensors"));
    }

    @Test
    void a_real_checkpoint_reads_as_the_reference_reads_it() throws Exception {
        Path real = SharedData.file("silero_vad_16k.safetensors");
        Files.copy(real, folder.resolve("real.safetensors"));
        String listing = run("""
            from safetensors.numpy import load_file
            for name, a in load_file("real.safetensors").items():
                print(name, list(a.shape), repr(float(a.astype("f8").sum())))
            """);
        try (SafetensorsFile file = SafetensorsFile.open(real)) {
            assertThat(file.tensors()).hasSize(15);
            for (String line : listing.lines().toList()) {
                String name = line.substring(0, line.indexOf(' '));
                TensorInfo info = file.tensor(name).orElseThrow();
                assertThat(line).startsWith(name + " " + info.shapeText() + " ");
                double expected = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
                assertThat(sum(file.data(name))).isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-6));
            }
        }
    }

    private static double sum(MemorySegment floats) {
        ByteBuffer bytes = floats.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        double sum = 0;
        while (bytes.hasRemaining()) {
            sum += bytes.getFloat();
        }
        return sum;
    }

    private String run(String script) throws IOException, InterruptedException {
        return run(script, folder).orElseThrow(() -> new AssertionError("the script failed:\n" + script));
    }

    private static Optional<String> run(String script, Path in) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(python(), "-c", script)
                    .directory(in.toAbsolutePath().toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            return Optional.empty();
        }
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0 ? Optional.of(out) : Optional.empty();
    }

    private static String python() {
        return Optional.ofNullable(System.getenv(VARIABLE)).orElse("python3");
    }
}
