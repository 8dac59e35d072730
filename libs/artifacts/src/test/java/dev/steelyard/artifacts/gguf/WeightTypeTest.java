package dev.steelyard.artifacts.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightTypeTest {

    @ParameterizedTest
    @CsvSource({
        "0x3f800000, 3f80", // 1
        "0x3f808000, 3f80", // a tie goes to the even one, down
        "0x3f818000, 3f82", // and up
        "0x3f808001, 3f81",
        "0x3f807fff, 3f80",
        "0xbf808001, bf81",
        "0x00000000, 0000",
        "0x80000000, 8000",
        "0x00018000, 0002", // subnormal
        "0x7f7fffff, 7f80", // the largest rounds to infinity
        "0x7f800000, 7f80",
        "0xff800000, ff80",
        "0x7f800001, 7fc0", // a NaN stays one
        "0xff801234, ffc0"
    })
    void bfloat16_is_the_nearest_one(String bits, String expected) {
        float number = Float.intBitsToFloat(Integer.parseUnsignedInt(bits.substring(2), 16));
        int found = Short.toUnsignedInt(WeightType.bfloat16(number));
        assertThat(Integer.toHexString(found | 0x10000).substring(1)).isEqualTo(expected);
    }

    @Test
    void numbers_are_written_little_endian() {
        float[] numbers = {1, -2, 99};
        assertThat(WeightType.FP32.encode(numbers, 2).toArray(ValueLayout.JAVA_BYTE))
                .containsExactly(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0);
        assertThat(WeightType.BF16.encode(numbers, 2).toArray(ValueLayout.JAVA_BYTE))
                .containsExactly(0x80, 0x3f, 0, 0xc0);
    }

    @Test
    void types_have_names_on_the_wire() {
        for (WeightType type : WeightType.values()) {
            assertThat(WeightType.parse(type.wire())).isEqualTo(type);
        }
        assertThatThrownBy(() -> WeightType.parse("fp16")).hasMessage("'fp16': expected bf16 or fp32");
    }
}
