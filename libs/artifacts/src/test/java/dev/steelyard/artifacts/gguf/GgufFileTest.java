package dev.steelyard.artifacts.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files written by the Python package gguf; see gguf_reference.py. */
class GgufFileTest {
    private static final Path BLOCKS = Path.of("src/test/resources/gguf/blocks.gguf");

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "F32") // what all others are compared in
    void blocks_are_the_numbers_that_the_reference_makes_of_them(GgmlType type) throws IOException {
        try (GgufFile file = GgufFile.open(BLOCKS)) {
            GgufTensor blocks = file.tensor(type.name()).orElseThrow();
            GgufTensor expected = file.tensor(type.name() + ".expected").orElseThrow();
            assertThat(blocks.shape()).isEqualTo(expected.shape());
            assertThat(blocks.rows()).isEqualTo(4);

            for (int row = 0; row < blocks.rows(); row++) {
                float[] found = read(blocks, row);
                float[] numbers = read(expected, row);
                assertThat(found).isNotEqualTo(new float[found.length]);
                for (int i = 0; i < found.length; i++) {
                    assertThat(Float.floatToRawIntBits(found[i]))
                            .as("row %d, number %d: %s and %s", row, i, found[i], numbers[i])
                            .isEqualTo(Float.floatToRawIntBits(numbers[i]));
                }
            }
        }
    }

    @Test
    void single_precision_is_read_as_it_is() throws IOException {
        try (GgufFile file = GgufFile.open(BLOCKS)) {
            GgufTensor tensor = file.tensor("Q4_K.expected").orElseThrow();
            float[] all = tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            float[] third = new float[1 + 512];
            tensor.readRow(2, third, 1);

            assertThat(tensor.type()).isEqualTo(GgmlType.F32);
            assertThat(third[0]).isZero();
            assertThat(third[5]).isEqualTo(all[2 * 512 + 4]);
            assertThat(third[512]).isEqualTo(all[3 * 512 - 1]);
        }
    }

    private static float[] read(GgufTensor tensor, int row) {
        float[] numbers = new float[Math.toIntExact(tensor.rowElements())];
        tensor.readRow(row, numbers, 0);
        return numbers;
    }
}
