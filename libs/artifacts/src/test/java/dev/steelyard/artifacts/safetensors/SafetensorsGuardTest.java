package dev.steelyard.artifacts.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One crafted file for each lie a header can tell. */
class SafetensorsGuardTest {
    @TempDir
    Path folder;

    @Test
    void an_honest_file_is_read() throws IOException {
        write("{\"__metadata__\":{\"k\":\"v\"},\"t\":{\"dtype\":\"U8\",\"shape\":[2,2],\"data_offsets\":[0,4]}}   ", 4);
        try (SafetensorsFile file = SafetensorsFile.open(file())) {
            assertThat(file.tensors()).containsExactly(TensorInfo.of("t", DType.U8, 2, 2));
            assertThat(file.data("t").byteSize()).isEqualTo(4);
            assertThat(file.data("t").isReadOnly()).isTrue();
            assertThat(file.metadata()).containsExactly(Map.entry("k", "v"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            # header | bytes of data | message after the file's name
            {"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}                 | 3 | t: ends at byte 4, but the file holds 3 bytes of data: truncated?
            {"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}                 | 5 | holds 5 bytes of data, but its tensors take 4
            {"t":{"dtype":"U8","shape":[4],"data_offsets":[1,5]}}                 | 5 | t: begins at byte 1, leaving a hole after byte 0
            {"t":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}                 | 4 | t: data_offsets [4, 0] are not [begin, end] with begin <= end
            {"t":{"dtype":"U8","shape":[4],"data_offsets":[0]}}                   | 4 | t: data_offsets [0] are not [begin, end] with begin <= end
            {"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4,8]}}               | 4 | t: data_offsets [0, 4, 8] are not [begin, end] with begin <= end
            {"t":{"dtype":"U8","shape":[4],"data_offsets":[-4,0]}}                | 4 | t: data_offsets holds a number outside 0 to 2⁶³ - 1
            {"t":{"dtype":"U8","shape":[4],"data_offsets":[0,18446744073709551620]}} | 4 | t: data_offsets holds a number outside 0 to 2⁶³ - 1
            {"t":{"dtype":"U8","shape":[4.0],"data_offsets":[0,4]}}               | 4 | t: shape is not a short array of whole numbers
            {"t":{"dtype":"U8","shape":4,"data_offsets":[0,4]}}                   | 4 | t: shape is not an array
            {"t":{"dtype":"F32","shape":[4],"data_offsets":[0,4]}}                | 4 | t: F32 [4] takes 16 bytes, but data_offsets give 4
            {"t":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}} | 4 | t: F32 [4611686018427387905] has no size in bytes: long overflow
            {"t":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}} | 0 | t: F32 [4294967296, 4294967296] has no size in bytes: long overflow
            {"t":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}                 | 1 | t: F4 [3] has no size in bytes: 12 bits are not whole bytes
            {"t":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}                | 4 | t: unknown dtype 'F33'
            {"t":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}                    | 4 | t: dtype is not a string
            {"t":{"shape":[4],"data_offsets":[0,4]}}                              | 4 | t: has no dtype
            {"t":{"dtype":"U8","data_offsets":[0,4]}}                             | 4 | t: has no shape
            {"t":{"dtype":"U8","shape":[4]}}                                      | 4 | t: has no data_offsets
            {"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"x":1}}           | 4 | t: unknown field 'x'
            {"t":[]}                                                              | 0 | t: entry is not an object
            {"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}} | 6 | b: begins at byte 2, inside a, which ends at 4
            {"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}} | 4 | b: begins at byte 0, inside a, which ends at 4
            {"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}} | 3 | b: begins at byte 2, leaving a hole after byte 1
            {"a":{"dtype":"U8","shape":[1],"data_offsets":[0,9223372036854775807]}} | 1 | a: U8 [1] takes 1 bytes, but data_offsets give 9223372036854775807
            {"__metadata__":3}                                                    | 0 | __metadata__ is not an object
            {"__metadata__":{"k":3}}                                              | 0 | __metadata__.k is not a string
            []                                                                    | 0 | header does not begin with '{'
            {"\\ud800":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}           | 0 | a tensor's name is not valid Unicode
            {} {}                                                                 | 0 | header has more than one JSON value
            """)
    void a_lying_header_is_refused_naming_the_tensor(String header, int dataBytes, String message) throws IOException {
        write(header, dataBytes);
        assertRefused("model.safetensors: " + message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"t":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}
            {"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0074":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}
            {"t":{"dtype":"U8","dtype":"I8","shape":[2],"data_offsets":[0,2]}}
            {"__metadata__":{"k":"v","k":"w"},"t":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}
            {"__metadata__":{},"__metadata__":{},"t":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}
            """)
    void a_key_that_comes_twice_is_refused(String header) throws IOException {
        write(header, 2);
        assertThatThrownBy(() -> SafetensorsFile.open(file()).close())
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("model.safetensors: header is not valid: Duplicate")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {
            {"t":
            {"t":{"dtype":"U8"
            {"t":{"dtype":"U8","shape":[2
            {t:1}
            {"t":{"dtype":"U8","shape":[02],"data_offsets":[0,2]}}
            {} trailing
            """)
    void a_header_that_is_not_json_is_refused(String header) throws IOException {
        write(header, 2);
        assertThatThrownBy(() -> SafetensorsFile.open(file()).close()).isInstanceOf(ArtifactException.class);
    }

    @Test
    void a_header_that_is_not_utf8_is_refused() throws IOException {
        byte[] header =
                "{\"t?\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}".getBytes(StandardCharsets.UTF_8);
        header[3] = (byte) 0xff;
        write(header.length, header, 0);
        assertRefused("model.safetensors: header is not UTF-8");
    }

    @Test
    void a_header_length_that_cannot_be_is_refused_before_anything_is_read() throws IOException {
        write(100_000_001, new byte[] {'{', '}'}, 0);
        assertRefused("model.safetensors: header length 100000001 is outside 2 to 100000000");
        write(-1, new byte[] {'{', '}'}, 0);
        assertRefused("model.safetensors: header length 18446744073709551615 is outside 2 to 100000000");
        write(50, new byte[] {'{', '}'}, 0);
        assertRefused("model.safetensors: header of 50 bytes does not fit a file of 10: truncated?");
        Files.write(file(), new byte[7]);
        assertRefused("model.safetensors: is 7 bytes long, too short for a safetensors header");
    }

    @Test
    void every_cut_of_a_file_is_refused() throws IOException {
        write("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8);
        byte[] whole = Files.readAllBytes(file());
        for (int length = 0; length < whole.length; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> SafetensorsFile.open(file()).close())
                    .as("cut at byte %d", length)
                    .isInstanceOf(ArtifactException.class)
                    .hasMessageStartingWith("model.safetensors: ");
        }
    }

    @Test
    void random_damage_to_a_header_is_refused_or_gives_tensors_inside_the_file() throws IOException {
        write(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                        + "\"b\":{\"dtype\":\"I64\",\"shape\":[1,1],\"data_offsets\":[8,16]}}",
                16);
        byte[] whole = Files.readAllBytes(file());
        Random random = new Random(42);
        int refused = 0;
        for (int round = 0; round < 1_000; round++) {
            byte[] damaged = whole.clone();
            for (int i = 0; i <= round % 4; i++) {
                damaged[random.nextInt(damaged.length - 16)] =
                        (byte) (round % 2 == 0 ? random.nextInt() : "0123[]{},\":".charAt(random.nextInt(11)));
            }
            Files.write(file(), damaged);
            try (SafetensorsFile file = SafetensorsFile.open(file())) {
                long bytes = 0;
                for (TensorInfo tensor : file.tensors()) {
                    MemorySegment data = file.data(tensor.name());
                    assertThat(data.byteSize()).isEqualTo(tensor.byteSize());
                    bytes += data.byteSize();
                }
                assertThat(bytes).isEqualTo(16);
            } catch (ArtifactException e) {
                assertThat(e.getMessage()).doesNotContain("\n");
                refused++;
            }
        }
        assertThat(refused).isBetween(200, 999);
    }

    @Test
    void an_empty_tensor_and_a_scalar_are_read() throws IOException {
        write(
                "{\"e\":{\"dtype\":\"F32\",\"shape\":[0,4],\"data_offsets\":[4,4]},"
                        + "\"s\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
                4);
        try (SafetensorsFile file = SafetensorsFile.open(file())) {
            assertThat(file.tensors()).extracting(TensorInfo::name).containsExactly("s", "e");
            assertThat(file.data("e").byteSize()).isZero();
            assertThat(file.data("s").get(ValueLayout.JAVA_INT_UNALIGNED, 0)).isEqualTo(0x04030201);
        }
    }

    @Test
    void a_tensor_past_2_gib_is_mapped_and_read() throws IOException {
        long size = (2L << 30) + 8; // sparse: takes no room on the disk
        List<TensorInfo> tensors = List.of(TensorInfo.of("first", DType.U8, size), TensorInfo.of("last", DType.U8, 4));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file(), tensors, Map.of())) {
            writer.write("last", 0, MemorySegment.ofArray(new byte[] {1, 2, 3, 4}));
            writer.write("first", size - 1, MemorySegment.ofArray(new byte[] {9}));
            assertThatThrownBy(writer::finish).hasMessageContaining("first: 1 of 2147483656 bytes written");
            Path kept = Files.createLink(folder.resolve("kept.safetensors"), file());
            try (SafetensorsFile file = SafetensorsFile.open(kept)) {
                assertThat(file.data("first").get(ValueLayout.JAVA_BYTE, size - 1))
                        .isEqualTo((byte) 9);
                assertThat(file.data("last").get(ValueLayout.JAVA_BYTE, 3)).isEqualTo((byte) 4);
            }
        }
    }

    private Path file() {
        return folder.resolve("model.safetensors");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> SafetensorsFile.open(file()).close())
                .isInstanceOf(ArtifactException.class)
                .hasMessage(message);
    }

    private void write(String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        write(json.length, json, dataBytes);
    }

    private void write(long claimedLength, byte[] header, int dataBytes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + header.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(claimedLength)
                .put(header);
        for (int i = 0; i < dataBytes; i++) {
            bytes.put((byte) (i + 1));
        }
        Files.write(file(), bytes.array());
    }
}
