package dev.steelyard.artifacts.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
    /** What safetensors 0.8.0 for Python writes for these tensors. */
    private static final String REFERENCE_HEADER = "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"shape\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[0,16]},"
            + "\"b.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[16,40]},"
            + "\"empty\":{\"dtype\":\"F32\",\"shape\":[0,4],\"data_offsets\":[40,40]},"
            + "\"s\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[40,44]},"
            + "\"codes\":{\"dtype\":\"I32\",\"shape\":[1,2],\"data_offsets\":[44,52]},"
            + "\"a.bias\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[52,56]},"
            + "\"half\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[56,58]}}       ";

    private static final String REFERENCE_DATA = "02000000000000000300000000000000000000000000803f0000004000004040"
            + "000080400000a040000040400100000002000000c03f00c00038";

    private static final Map<String, String> PT = Map.of("format", "pt");

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name_the_file() {
        file = folder.resolve("model.safetensors");
    }

    @Test
    void bytes_are_those_of_the_reference_implementation() throws IOException {
        List<TensorInfo> tensors = List.of(
                TensorInfo.of("a.bias", DType.BF16, 2),
                TensorInfo.of("b.weight", DType.F32, 2, 3),
                TensorInfo.of("codes", DType.I32, 1, 2),
                TensorInfo.of("empty", DType.F32, 0, 4),
                TensorInfo.of("half", DType.F16, 1),
                TensorInfo.of("s", DType.F32),
                TensorInfo.of("shape", DType.I64, 2));
        try (var writer = SafetensorsWriter.create(file, tensors, PT)) {
            writer.write("half", 0, hex("0038"));
            writer.write("shape", 0, hex("02000000000000000300000000000000"));
            writer.write("b.weight", 12, hex("000040400000804000" + "00a040"));
            writer.write("b.weight", 0, hex("000000000000803f00000040"));
            writer.write("s", 0, hex("00004040"));
            writer.write("codes", 0, hex("0100000002000000"));
            writer.write("a.bias", 0, hex("c03f00c0"));
            writer.finish();
        }
        byte[] written = Files.readAllBytes(file);
        assertThat(written).hasSize(522);
        assertThat(new String(written, 8, 456, StandardCharsets.UTF_8)).isEqualTo(REFERENCE_HEADER);
        assertThat(HexFormat.of().formatHex(written, 464, 522)).isEqualTo(REFERENCE_DATA);
        assertThat(HexFormat.of().formatHex(written, 0, 8)).isEqualTo("c801000000000000");
    }

    @Test
    void arrays_of_numbers_are_written_as_they_are() throws IOException {
        try (var writer = SafetensorsWriter.create(file, List.of(TensorInfo.of("t", DType.F32, 2)), PT)) {
            writer.write("t", 0, MemorySegment.ofArray(new float[] {1, -2}));
            writer.finish();
        }
        try (var read = SafetensorsFile.open(file)) {
            assertThat(read.data("t").mismatch(hex("0000803f000000c0"))).isEqualTo(-1);
        }
    }

    @Test
    void pieces_from_several_threads_come_out_as_one_tensor() throws Exception {
        byte[] bytes = new byte[5_000_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        try (var writer = SafetensorsWriter.create(file, List.of(TensorInfo.of("t", DType.U8, bytes.length)), PT)) {
            List<Thread> threads =
                    List.of(writing(writer, bytes, 3_000_000, 5_000_000), writing(writer, bytes, 0, 3_000_000));
            for (Thread thread : threads) {
                thread.join();
            }
            writer.finish();
        }
        try (var read = SafetensorsFile.open(file)) {
            assertThat(read.data("t").mismatch(MemorySegment.ofArray(bytes))).isEqualTo(-1);
            assertThat(read.metadata()).isEqualTo(PT);
        }
    }

    @Test
    void file_that_was_not_written_whole_is_refused_and_removed() throws IOException {
        try (var writer = SafetensorsWriter.create(file, List.of(TensorInfo.of("t", DType.F32, 4)), PT)) {
            writer.write("t", 0, hex("0000000000000000"));
            assertThatThrownBy(writer::finish)
                    .isInstanceOf(ArtifactException.class)
                    .hasMessage("model.safetensors: t: 8 of 16 bytes written");
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void bytes_outside_a_tensor_are_refused() throws IOException {
        try (var writer = SafetensorsWriter.create(file, List.of(TensorInfo.of("t", DType.F32, 1)), PT)) {
            assertThatThrownBy(() -> writer.write("t", 1, hex("00000000")))
                    .hasMessage("model.safetensors: t: 4 bytes at 1 leave a tensor of 4");
            assertThatThrownBy(() -> writer.write("t", Long.MAX_VALUE, hex("00000000")))
                    .isInstanceOf(ArtifactException.class);
            assertThatThrownBy(() -> writer.write("u", 0, hex("00")))
                    .hasMessage("model.safetensors: u: is not among the tensors of this file");
        }
    }

    @Test
    void name_that_comes_twice_is_refused_and_leaves_no_file() {
        List<TensorInfo> twice = List.of(TensorInfo.of("t", DType.F32, 1), TensorInfo.of("t", DType.I64, 1));
        assertThatThrownBy(() -> SafetensorsWriter.create(file, twice, PT).close())
                .hasMessage("model.safetensors: t: is to be written twice");
        assertThat(file).doesNotExist();
    }

    private static Thread writing(SafetensorsWriter writer, byte[] bytes, int from, int to) {
        return Thread.ofPlatform().start(() -> {
            for (int at = from; at < to; at += 100_000) {
                try {
                    writer.write("t", at, MemorySegment.ofArray(bytes).asSlice(at, 100_000));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        });
    }

    private static MemorySegment hex(String text) {
        return MemorySegment.ofArray(HexFormat.of().parseHex(text));
    }
}
