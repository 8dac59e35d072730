package dev.steelyard.artifacts.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One crafted file for each lie a header can tell. */
class GgufGuardTest {
    private static final int F32 = 0;
    private static final int Q8_0 = 8;

    @TempDir
    Path folder;

    @Test
    void an_honest_file_is_read() throws IOException {
        try (GgufFile file = GgufFile.open(write(honest()))) {
            GgufTensor tensor = file.tensor("a").orElseThrow();
            assertThat(tensor.shape()).containsExactly(2L, 3L);
            assertThat(tensor.data().byteSize()).isEqualTo(24);
            assertThat(tensor.data().isReadOnly()).isTrue();
            assertThat(file.tensor("b").orElseThrow().type()).isEqualTo(GgmlType.Q8_0);
            GgufMetadata settings = file.metadata();
            assertThat(settings.text("name")).isEqualTo("é");
            assertThat(settings.integer("count", 0, 10)).isEqualTo(7);
            assertThat(settings.positive("eps", 1)).isEqualTo(1e-5);
            assertThat(settings.flag("flag", false)).isTrue();
            assertThat(settings.texts("list")).containsExactly("", "two");
            assertThat(settings.integer("absent", 0, 10, 4)).isEqualTo(4);
        }
    }

    private static GgufBytes honest() {
        return GgufBytes.header(3, 2, 5)
                .key("name", "é")
                .key("count", 7)
                .key("eps", 1e-5f)
                .key("flag", true)
                .key("list", List.of("", "two"))
                .tensor("a", F32, 0, 3, 2)
                .tensor("b", Q8_0, 32, 64)
                .pad()
                .raw(new byte[24])
                .pad()
                .raw(new byte[68]);
    }

    static List<Arguments> lies() {
        String huge = Long.toUnsignedString(-1);
        return List.of(
                lie(new GgufBytes().int32(0x46474747).int32(3), "is no GGUF file"),
                lie(GgufBytes.header(1, 0, 0), "has version 1; 2 and 3 are read"),
                lie(GgufBytes.header(4, 0, 0), "has version 4; 2 and 3 are read"),
                lie(GgufBytes.header(3 << 24, 0, 0), "is big-endian; only little-endian files are read"),
                lie(GgufBytes.header(3, -1, 0), "number of tensors of " + huge + " is above 100000"),
                lie(GgufBytes.header(3, 0, 100_001), "number of keys of 100001 is above 100000"),
                lie(keys(1).int64(65_536), "key 0 of 65536 bytes; at most 65535 are read"),
                lie(keys(1).int64(-1), "key 0 of " + huge + " bytes; at most 65535 are read"),
                lie(keys(1).int64(2).raw((byte) 0xff, (byte) 0xff), "key 0 is not UTF-8"),
                lie(keys(1).int64(5).raw((byte) 'x'), "key 0 takes 5 bytes at byte 32, where 1 are left: truncated?"),
                lie(keys(2).key("k", 1).key("k", "two"), "k: is there twice"),
                lie(keys(1).text("k").int32(13), "k: unknown type 13"),
                lie(keys(1).text("k").int32(-1), "k: unknown type 4294967295"),
                lie(keys(1).text("k").int32(GgufBytes.BOOL).raw((byte) 2), "k: a truth value of 2"),
                lie(
                        keys(1).text("k").int32(GgufBytes.TEXT).int64(1L << 62),
                        "k takes 4611686018427387904 bytes at byte 45, where 0 are left: truncated?"),
                lie(
                        keys(1).text("k")
                                .int32(GgufBytes.ARRAY)
                                .int32(GgufBytes.ARRAY)
                                .int64(1),
                        "k: lists of lists are not supported"),
                lie(
                        keys(1).text("k")
                                .int32(GgufBytes.ARRAY)
                                .int32(GgufBytes.U64)
                                .int64(1L << 61),
                        "k: a list of 2305843009213693952 elements"),
                lie(
                        keys(1).text("k")
                                .int32(GgufBytes.ARRAY)
                                .int32(GgufBytes.U64)
                                .int64(3)
                                .int64(0),
                        "k takes 24 bytes at byte 49, where 8 are left: truncated?"),
                lie(
                        keys(1).text("k")
                                .int32(GgufBytes.ARRAY)
                                .int32(GgufBytes.TEXT)
                                .int64(1 << 30)
                                .text("x"),
                        "k takes 8 bytes at byte 58, where 0 are left: truncated?"),
                lie(
                        keys(1).key("general.alignment", 4),
                        "general.alignment: expected a whole number from 8 to 65536, found 4"),
                lie(keys(1).key("general.alignment", 48), "general.alignment: 48 is no power of two"),
                lie(
                        keys(1).key("general.alignment", "32"),
                        "general.alignment: expected a whole number from 8 to 65536, found TEXT"),
                lie(tensors(1).tensor("n".repeat(65), F32, 0, 1), "name of tensor 0 of 65 bytes; at most 64 are read"),
                lie(tensors(1).tensor("t", F32, 0), "t: 0 dimensions; expected 1 to 4"),
                lie(tensors(1).tensor("t", F32, 0, 1, 1, 1, 1, 1), "t: 5 dimensions; expected 1 to 4"),
                lie(tensors(1).tensor("t", F32, 0, -1), "t: a dimension of " + huge),
                lie(tensors(1).tensor("t", 16, 0, 256), "t: type 16 is not supported"),
                lie(tensors(1).tensor("t", Q8_0, 0, 33), "t: rows of 33 are no whole blocks of 32"),
                lie(tensors(1).tensor("t", F32, 0, 1L << 32, 1L << 31), "t: F32 [2147483648, 4294967296] is too large"),
                lie(tensors(1).tensor("t", F32, 0, 1L << 62), "t: F32 [4611686018427387904] is too large"),
                lie(
                        tensors(1).tensor("t", F32, 4, 8).pad().raw(new byte[64]),
                        "t: begins at byte 4, no multiple of 32"),
                lie(tensors(1).tensor("t", F32, -32, 8), "t: begins at byte 18446744073709551584, no multiple of 32"),
                lie(
                        tensors(1).tensor("t", F32, 32, 8).pad().raw(new byte[64]),
                        "t: begins at byte 32, leaving a hole after byte 0"),
                lie(
                        tensors(1).tensor("t", F32, 0, 8).pad().raw(new byte[31]),
                        "t: takes 32 bytes at byte 0, but the file holds 31 bytes of data: truncated?"),
                lie(
                        tensors(1).tensor("t", F32, 0, 8),
                        "t: takes 32 bytes at byte 0, but the file holds 0 bytes of data: truncated?"),
                lie(
                        tensors(1).tensor("t", F32, 0, 8).pad().raw(new byte[64]),
                        "holds 64 bytes of data, but its tensors take 32"),
                lie(
                        tensors(2)
                                .tensor("t", F32, 0, 8)
                                .tensor("t", F32, 32, 8)
                                .pad()
                                .raw(new byte[64]),
                        "t: is there twice"),
                lie(
                        tensors(2)
                                .tensor("t", F32, 0, 9)
                                .tensor("u", F32, 32, 8)
                                .pad()
                                .raw(new byte[64]),
                        "u: begins at byte 32, inside t, which ends at 36"),
                lie(
                        tensors(2)
                                .tensor("t", F32, 0, 8)
                                .tensor("u", F32, 64, 8)
                                .pad()
                                .raw(new byte[96]),
                        "u: begins at byte 64, leaving a hole after byte 32"));
    }

    private static Arguments lie(GgufBytes bytes, String message) {
        return Arguments.of(bytes.toArray(), message);
    }

    private static GgufBytes keys(int count) {
        return GgufBytes.header(3, 0, count);
    }

    private static GgufBytes tensors(int count) {
        return GgufBytes.header(2, count, 0);
    }

    @ParameterizedTest
    @MethodSource("lies")
    void a_lying_header_is_refused_naming_key_or_tensor(byte[] bytes, String message) throws IOException {
        Files.write(folder.resolve("model.gguf"), bytes);
        assertThatThrownBy(() -> GgufFile.open(folder.resolve("model.gguf")).close())
                .isInstanceOf(ArtifactException.class)
                .hasMessage("model.gguf: " + message);
    }

    @Test
    void a_value_of_another_type_is_refused_when_it_is_asked_for() throws IOException {
        GgufBytes bytes = keys(3).key("text", "x")
                .text("bad")
                .int32(GgufBytes.TEXT)
                .int64(1)
                .raw((byte) 0xff)
                .text("huge")
                .int32(GgufBytes.U64)
                .int64(-1);
        try (GgufFile file = GgufFile.open(write(bytes))) {
            GgufMetadata settings = file.metadata();
            assertThatThrownBy(() -> settings.integer("text", 0, 1, 0))
                    .hasMessage("model.gguf: text: expected a whole number from 0 to 1, found TEXT");
            assertThatThrownBy(() -> settings.text("huge")).hasMessage("model.gguf: huge: expected text, found U64");
            assertThatThrownBy(() -> settings.texts("text"))
                    .hasMessage("model.gguf: text: expected a list of texts, found TEXT");
            assertThatThrownBy(() -> settings.flag("text", true))
                    .hasMessage("model.gguf: text: expected true or false, found TEXT");
            assertThatThrownBy(() -> settings.text("absent"))
                    .hasMessage("model.gguf: absent: expected text, found nothing");
            assertThatThrownBy(() -> settings.text("bad")).hasMessage("model.gguf: bad is not UTF-8");
            assertThatThrownBy(() -> settings.integer("huge", 0, Long.MAX_VALUE))
                    .hasMessageContaining("huge: expected a whole number from 0 to");
        }
    }

    @Test
    void every_cut_of_a_file_is_refused() throws IOException {
        byte[] whole = honest().toArray();
        for (int length = 0; length < whole.length; length++) {
            Path cut = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> GgufFile.open(cut).close())
                    .as("cut at byte %d", length)
                    .isInstanceOf(ArtifactException.class)
                    .hasMessageStartingWith("cut.gguf: ");
        }
    }

    @Test
    void random_damage_is_refused_or_gives_tensors_inside_the_file() throws IOException {
        byte[] whole = honest().toArray();
        Random random = new Random(42);
        int refused = 0;
        for (int round = 0; round < 2_000; round++) {
            byte[] damaged = whole.clone();
            for (int i = 0; i <= round % 3; i++) {
                damaged[random.nextInt(whole.length - 92)] = (byte) random.nextInt(round % 2 == 0 ? 256 : 12);
            }
            try (GgufFile file = GgufFile.open(Files.write(folder.resolve("damaged.gguf"), damaged))) {
                for (GgufTensor tensor : file.tensors()) {
                    for (long row = 0; row < tensor.rows(); row++) {
                        tensor.readRow(row, new float[(int) tensor.rowElements()], 0);
                    }
                }
            } catch (ArtifactException e) {
                refused++;
                assertThat(e).hasMessageStartingWith("damaged.gguf: ").hasMessageNotContaining("\n");
            }
        }
        assertThat(refused).isBetween(1_000, 1_999);
    }

    private Path write(GgufBytes bytes) throws IOException {
        return Files.write(folder.resolve("model.gguf"), bytes.toArray());
    }
}
