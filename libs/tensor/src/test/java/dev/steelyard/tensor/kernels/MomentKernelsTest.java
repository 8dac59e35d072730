package dev.steelyard.tensor.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MomentKernelsTest {
    private static final int BLOCK = 256;
    private static final MomentKernels SCALAR = Kernels.scalar().moments();
    private static final MomentKernels BEST = Kernels.best().moments();

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(1);

    static List<DynamicCode> codes() {
        return List.of(DynamicCode.SIGNED, DynamicCode.UNSIGNED);
    }

    /** bitsandbytes 0.50.2's {@code create_dynamic_map} gives these; its numbers are sums of rounded ones. */
    @Test
    void codes_are_those_of_the_reference() {
        assertClose(DynamicCode.SIGNED, 0, -0.992968738079071);
        assertClose(DynamicCode.SIGNED, 1, -0.9789062738418579);
        assertClose(DynamicCode.SIGNED, 126, -5.500000384017767e-07);
        assertClose(DynamicCode.SIGNED, 127, 0);
        assertClose(DynamicCode.SIGNED, 130, 7.749999895168003e-06);
        assertClose(DynamicCode.SIGNED, 254, 0.992968738079071);
        assertClose(DynamicCode.SIGNED, 255, 1);
        assertClose(DynamicCode.UNSIGNED, 0, 0);
        assertClose(DynamicCode.UNSIGNED, 1, 3.2500003044333425e-07);
        assertClose(DynamicCode.UNSIGNED, 128, 0.11054687201976776);
        assertClose(DynamicCode.UNSIGNED, 254, 0.9964843988418579);
    }

    private static void assertClose(DynamicCode code, int place, double value) {
        assertThat((double) code.value(place)).isCloseTo(value, within(2e-7 * Math.abs(value)));
    }

    @ParameterizedTest
    @MethodSource("codes")
    void code_rises_and_each_number_is_its_own_nearest(DynamicCode code) {
        for (int i = 0; i < DynamicCode.SIZE; i++) {
            assertThat(code.nearest(code.value(i))).isEqualTo(i);
            assertThat(code.value(i)).isGreaterThan(i == 0 ? -1 : code.value(i - 1));
        }
        assertThat(code.value(code.zero())).isZero();
    }

    /** Against a search through all numbers. */
    @ParameterizedTest
    @MethodSource("codes")
    void nearest_number_is_at_most_half_a_cell_away(DynamicCode code) {
        for (int i = 0; i < 4_000; i++) {
            float x = (float) Math.pow(10, -8.0 * i / 4_000);
            assertNearest(code, x);
            if (code.signed()) {
                assertNearest(code, -x);
            }
        }
    }

    private static void assertNearest(DynamicCode code, float x) {
        double best = IntStream.range(0, DynamicCode.SIZE)
                .mapToDouble(i -> Math.abs(code.value(i) - x))
                .min()
                .orElseThrow();
        assertThat((double) Math.abs(code.value(code.nearest(x)) - x)).isCloseTo(best, within(1e-9));
    }

    @ParameterizedTest
    @MethodSource("codes")
    void numbers_that_were_decoded_have_the_codes_they_came_from(DynamicCode code) {
        byte[] codes = new byte[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            codes[i] = (byte) i;
        }
        float[] values = new float[BLOCK];
        byte[] again = new byte[BLOCK];
        BEST.decode(code, codes, 0.037f, BLOCK, values);

        assertThat(BEST.encode(code, values, BLOCK, again)).isEqualTo(0.037f);
        assertThat(again).isEqualTo(codes);
    }

    /** Blocks of all lengths, of numbers of all sizes, some of them on the boundaries. */
    @ParameterizedTest
    @MethodSource("codes")
    void vectors_give_the_bits_of_the_definition(DynamicCode code) {
        for (int round = 0; round < 400; round++) {
            int n = round == 0 ? BLOCK : 1 + random.nextInt(BLOCK);
            float[] values = new float[BLOCK];
            for (int i = 0; i < n; i++) {
                values[i] = value(code, round);
            }
            assertSame(code, values, n);
        }
        assertSame(code, new float[BLOCK], BLOCK);
    }

    private float value(DynamicCode code, int round) {
        float size = (float) Math.pow(10, -9 * random.nextDouble());
        int place = 1 + random.nextInt(DynamicCode.SIZE - 1);
        float value = switch (round % 3) {
            case 0 -> size;
            case 1 -> (code.value(place) + code.value(place - 1)) / 2; // a boundary
            default -> random.nextBoolean() ? 0 : code.value(place);
        };
        return code.signed() && random.nextBoolean() ? -value : code.signed() ? value : Math.abs(value);
    }

    private void assertSame(DynamicCode code, float[] values, int n) {
        byte[] expected = new byte[BLOCK];
        byte[] found = new byte[BLOCK];
        float scale = SCALAR.encode(code, values, n, expected);
        assertThat(BEST.encode(code, values, n, found)).isEqualTo(scale);
        assertThat(found).isEqualTo(expected);
        float[] definition = new float[BLOCK];
        float[] decoded = new float[BLOCK];
        SCALAR.decode(code, expected, scale, n, definition);
        BEST.decode(code, expected, scale, n, decoded);
        assertThat(decoded).isEqualTo(definition);
    }

    @Test
    void vectors_update_moments_to_the_same_bits() {
        var rule = new MomentKernels.Rule(0.9f, 0.1f, 0.999f, 0.001f, 1e-6f);
        for (int n = 1; n <= BLOCK; n += 5) {
            float[][] first = {numbers(false), numbers(false), numbers(true)};
            float[][] second = {first[0].clone(), first[1].clone(), first[2].clone()};
            SCALAR.advance(rule, first[0], first[1], first[2], n);
            BEST.advance(rule, second[0], second[1], second[2], n);
            assertThat(second).isDeepEqualTo(first);
        }
    }

    private float[] numbers(boolean positive) {
        float[] numbers = new float[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            float x = (float) (random.nextGaussian() * Math.pow(10, -4 * random.nextDouble()));
            numbers[i] = positive ? Math.abs(x) : x;
        }
        return numbers;
    }

    @Test
    void small_second_moment_beside_a_large_one_keeps_the_smallest_code() {
        byte[] codes = new byte[3];
        BEST.encode(DynamicCode.UNSIGNED, new float[] {1e6f, 1e-6f, 0}, 3, codes);

        assertThat(codes).containsExactly(255, 1, 0);
    }
}
