package dev.steelyard.artifacts.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.DType;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxModelTest {
    private static final int INITIALIZER = 5;

    @TempDir
    Path folder;

    @Test
    void values_are_read_from_every_field_that_may_hold_them() throws IOException {
        Proto graph = new Proto()
                .message(INITIALIZER, Proto.floats("raw", new long[] {2}, 1, 2))
                .message(INITIALIZER, Proto.tensor("packed", 1, 2).bytes(4, Proto.floats(1, 2)))
                .message(INITIALIZER, Proto.tensor("single", 1, 2).real(4, 1).real(4, 2))
                .message(INITIALIZER, Proto.tensor("longs", 7, 2).bytes(7, hex("01ffffffffffffffffff01")))
                .message(INITIALIZER, Proto.tensor("ints", 6, 2).number(5, 300).number(5, -2))
                .message(INITIALIZER, Proto.tensor("halves", 10, 2).bytes(5, hex("8078 80f803")))
                .message(INITIALIZER, Proto.tensor("bytes", 3, 2).bytes(5, hex("7f ffffffffffffffffff01")))
                .message(
                        INITIALIZER,
                        new Proto()
                                .bytes(1, hex("0102"))
                                .number(2, 2)
                                .text(8, "dims")
                                .bytes(9, hex("0708")));

        try (OnnxModel model = open(graph)) {
            assertThat(bytes(model, "raw")).isEqualTo(Proto.floats(1, 2));
            assertThat(bytes(model, "packed")).isEqualTo(Proto.floats(1, 2));
            assertThat(bytes(model, "single")).isEqualTo(Proto.floats(1, 2));
            assertThat(bytes(model, "longs")).isEqualTo(hex("0100000000000000ffffffffffffffff"));
            assertThat(bytes(model, "ints")).isEqualTo(hex("2c010000feffffff"));
            assertThat(bytes(model, "halves")).isEqualTo(hex("003c 00fc"));
            assertThat(bytes(model, "bytes")).isEqualTo(hex("7fff"));
            assertThat(tensor(model, "dims").info().shape()).containsExactly(1L, 2L);
            assertThat(tensor(model, "dims").info().dtype()).isEqualTo(DType.U8);
        }
    }

    @Test
    void weights_in_a_file_beside_the_model_are_read() throws IOException {
        Files.write(folder.resolve("weights.data"), Proto.floats(9, 1, 2));
        try (OnnxModel model = open(new Proto().message(INITIALIZER, external("weights.data", "4", "8")))) {
            assertThat(bytes(model, "w")).isEqualTo(Proto.floats(1, 2));
            assertThat(model.externalFiles()).containsExactly("weights.data");
        }
    }

    @Test
    void weights_outside_the_folder_or_behind_a_link_are_refused() throws IOException {
        Path secret = Files.write(folder.resolve("secret"), new byte[100]);
        Path sub = Files.createDirectory(folder.resolve("model"));
        Files.createSymbolicLink(sub.resolve("link"), secret);
        for (String location : new String[] {"../secret", secret.toString(), "link", "absent", ""}) {
            Proto graph = new Proto().message(INITIALIZER, external(location, "0", "8"));
            Path file =
                    Files.write(sub.resolve("model.onnx"), Proto.model(graph).toBytes());
            try (OnnxModel model = OnnxModel.open(file)) {
                assertThatThrownBy(() -> bytes(model, "w")).isInstanceOf(ArtifactException.class);
            }
        }
    }

    @Test
    void weights_past_the_end_of_their_file_are_refused() throws IOException {
        Files.write(folder.resolve("weights.data"), Proto.floats(1, 2));
        try (OnnxModel model = open(new Proto().message(INITIALIZER, external("weights.data", "4", "8")))) {
            assertThatThrownBy(() -> bytes(model, "w"))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessage("model.onnx: w: lies at byte 4 and takes 8, but weights.data has 8: truncated?");
        }
    }

    @Test
    void a_shape_that_does_not_fit_its_bytes_is_refused() throws IOException {
        Proto graph = new Proto()
                .message(INITIALIZER, Proto.floats("short", new long[] {3}, 1, 2))
                .message(INITIALIZER, Proto.floats("huge", new long[] {1L << 40, 1L << 40}, 1, 2));
        try (OnnxModel model = open(graph)) {
            assertThatThrownBy(() -> bytes(model, "short"))
                    .hasMessage("model.onnx: short: F32 [3] takes 12 bytes, found 8");
            assertThatThrownBy(() -> bytes(model, "huge")).hasMessageContaining("is too large");
        }
    }

    @Test
    void what_is_not_supported_is_named() {
        assertRefused(
                new Proto().message(INITIALIZER, Proto.tensor("w", 8, 1)),
                "model.onnx: w: element type 8 is not supported");
        assertRefused(new Proto().message(15, new Proto()), "model.onnx: sparse initialisers are not supported");
        assertRefused(
                new Proto()
                        .message(INITIALIZER, Proto.floats("w", new long[] {1}, 1))
                        .message(INITIALIZER, Proto.floats("w", new long[] {1}, 1)),
                "model.onnx: w: is there twice");
        assertRefused(
                new Proto().message(INITIALIZER, Proto.tensor("w", 1, -1)), "model.onnx: w: negative size in [-1]");
    }

    @Test
    void every_cut_of_a_model_is_refused_or_read_without_harm() throws IOException {
        byte[] whole = Proto.model(new Proto()
                        .message(
                                1,
                                Proto.node("MatMul", "/a/MatMul", "x w", "y").message(5, Proto.attribute("transB", 1)))
                        .message(INITIALIZER, Proto.floats("w", new long[] {1, 2}, 1, 2)))
                .toBytes();
        for (int length = 0; length < whole.length; length++) {
            Path cut = Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> OnnxModel.open(cut).close())
                    .as("cut at byte %d", length)
                    .isInstanceOf(ArtifactException.class)
                    .hasMessageStartingWith("cut.onnx: not a valid ONNX model");
        }
    }

    @Test
    void every_flipped_byte_is_refused_or_read_without_harm() throws IOException {
        byte[] whole = Proto.model(new Proto()
                        .message(1, Proto.node("MatMul", "/a/MatMul", "x w", "y"))
                        .message(INITIALIZER, Proto.tensor("w", 7, 1, 2).bytes(7, hex("0102"))))
                .toBytes();
        int refused = 0;
        for (int i = 0; i < whole.length * 8; i++) {
            byte[] flipped = whole.clone();
            flipped[i / 8] ^= (byte) (1 << i % 8);
            try (OnnxModel model = OnnxModel.open(Files.write(folder.resolve("flipped.onnx"), flipped))) {
                for (OnnxTensor tensor : model.tensors()) {
                    tensor.data();
                }
            } catch (ArtifactException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    private void assertRefused(Proto graph, String message) {
        assertThatThrownBy(() -> open(graph).close())
                .isInstanceOf(ArtifactException.class)
                .hasMessage(message);
    }

    private OnnxModel open(Proto graph) throws IOException {
        return OnnxModel.open(
                Files.write(folder.resolve("model.onnx"), Proto.model(graph).toBytes()));
    }

    private static Proto external(String location, String offset, String length) {
        return Proto.tensor("w", 1, 2)
                .message(13, new Proto().text(1, "location").text(2, location))
                .message(13, new Proto().text(1, "offset").text(2, offset))
                .message(13, new Proto().text(1, "length").text(2, length))
                .number(14, 1);
    }

    private static OnnxTensor tensor(OnnxModel model, String name) {
        return model.tensors().stream()
                .filter(tensor -> tensor.info().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] bytes(OnnxModel model, String name) throws IOException {
        return tensor(model, name).data().toArray(ValueLayout.JAVA_BYTE);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }
}
