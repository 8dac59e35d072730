package dev.steelyard.tensor.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizeKernelsTest {
    private static final int[] LENGTHS = {0, 1, 7, 8, 15, 16, 17, 64, 100, 384, 1000};

    private final QuantizeKernels vector = new VectorQuantize();
    private final QuantizeKernels scalar = new ScalarQuantize();
    private final Random random = new Random(1);

    @Test
    void vector_kernels_are_chosen_when_the_module_is_there() {
        assertThat(Kernels.best().vectorized()).isEqualTo(VectorQuantize.lanes() >= 8);
    }

    @ParameterizedTest
    @EnumSource
    void twins_widen_all_bit_patterns_alike(FloatFormat format) {
        int n = 1 << 16;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate((long) n * format.bytes() + 3);
            for (int i = 0; i < n; i++) {
                if (format == FloatFormat.F32) {
                    source.set(FloatFormat.FLOAT, 3 + i * 4L, Float.intBitsToFloat(i * 65537));
                } else {
                    source.set(FloatFormat.SHORT, 3 + i * 2L, (short) i);
                }
            }
            float[] expected = new float[n];
            float[] actual = new float[n];
            scalar.widen(format, source, 3, expected, n);
            vector.widen(format, source, 3, actual, n);
            assertThat(actual).isEqualTo(expected);
        }
    }

    @Test
    void twins_find_the_same_extremes() {
        for (int n : LENGTHS) {
            float[] w = gaussian(n + 5);
            assertThat(vector.absMax(w, 3, n)).isEqualTo(scalar.absMax(w, 3, n));
            assertThat(vector.minWithZero(w, 3, n)).isEqualTo(scalar.minWithZero(w, 3, n));
            assertThat(vector.maxWithZero(w, 3, n)).isEqualTo(scalar.maxWithZero(w, 3, n));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void a_number_that_is_not_finite_shows_in_the_largest_magnitude(float bad) {
        for (int at : new int[] {0, 15, 16, 36}) {
            float[] w = gaussian(37);
            w[at] = bad;
            assertThat(Float.isFinite(vector.absMax(w, 0, 37))).isFalse();
            assertThat(Float.isFinite(scalar.absMax(w, 0, 37))).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8})
    void twins_give_the_same_codes(int bits) {
        for (int n : LENGTHS) {
            float[] w = gaussian(n + 3);
            for (float scale : new float[] {0.3f, 0.011f, 1e-3f, Float.MIN_VALUE, 1e30f}) {
                for (float zero : new float[] {0, 3, -5}) {
                    byte[] expected = new byte[n + 3];
                    byte[] actual = new byte[n + 3];
                    scalar.encode(w, 2, n, scale, zero, bits, expected);
                    vector.encode(w, 2, n, scale, zero, bits, actual);
                    assertThat(actual).isEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8})
    void twins_give_the_same_codes_next_to_the_middle_between_integers(int bits) {
        int n = 1 << 16;
        int half = 1 << (bits - 1);
        for (float scale : new float[] {0.1f, 0.033333f, 7.77e-5f, 123.4f, 3e-38f, 2e38f}) {
            float[] w = new float[n];
            for (int i = 0; i < n; i++) { // a few units in the last place around (k + 1/2) s
                float middle = (random.nextInt(2 * half + 2) - half - 1 + 0.5f) * scale;
                w[i] = middle + (random.nextInt(9) - 4) * Math.ulp(middle);
                w[i] = Float.isFinite(w[i]) ? w[i] : 0;
            }
            byte[] expected = new byte[n];
            byte[] actual = new byte[n];
            scalar.encode(w, 0, n, scale, 0, bits, expected);
            vector.encode(w, 0, n, scale, 0, bits, actual);
            assertThat(actual).as("scale %s", scale).isEqualTo(expected);
        }
    }

    @Test
    void ties_go_to_the_even_integer() {
        float[] w = {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, 7.5f, -8.5f, 6.5f, 100, -100, 0, -0f, 3, 4, 5};
        int[] q = {0, 2, 2, 0, -2, -2, 7, -8, 6, 7, -8, 0, 0, 3, 4, 5};
        for (QuantizeKernels kernels : new QuantizeKernels[] {vector, scalar}) {
            byte[] codes = new byte[16];
            kernels.encode(w, 0, 16, 1, 0, 4, codes);
            for (int i = 0; i < 16; i++) {
                assertThat(codes[i] - 8).as("%s of %s", kernels, w[i]).isEqualTo(q[i]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void twins_decode_all_codes_alike(FloatFormat format) {
        byte[] codes = new byte[259];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) i;
        }
        for (float scale : new float[] {0.123f, 7e-5f, 3e-8f, 1000f}) {
            float stored = format.round(scale);
            for (float zero : new float[] {0, -7}) {
                float[] expected = new float[259];
                float[] actual = new float[259];
                scalar.decode(codes, 1, 258, stored, zero, 8, format, expected);
                vector.decode(codes, 1, 258, stored, zero, 8, format, actual);
                assertThat(actual).isEqualTo(expected);
            }
        }
    }

    @Test
    void twins_pack_alike_and_unpacking_undoes_it() {
        for (int n : new int[] {0, 2, 8, 62, 64, 66, 128, 384, 1000}) {
            byte[] codes = new byte[n];
            for (int i = 0; i < n; i++) {
                codes[i] = (byte) random.nextInt(16);
            }
            byte[] expected = new byte[n / 2];
            byte[] actual = new byte[n / 2];
            scalar.pack4(codes, n, expected);
            vector.pack4(codes, n, actual);
            assertThat(actual).isEqualTo(expected);
            for (QuantizeKernels kernels : new QuantizeKernels[] {vector, scalar}) {
                byte[] back = new byte[n];
                kernels.unpack4(actual, n, back);
                assertThat(back).isEqualTo(codes);
            }
        }
    }

    @Test
    void twins_agree_on_sums_of_squares() {
        for (int n : new int[] {0, 5, 100, 5000}) {
            float[] a = gaussian(n);
            float[] b = gaussian(n);
            double norm = scalar.squaredNorm(a, n);
            assertThat(vector.squaredNorm(a, n)).isEqualTo(norm, within(1e-6 * norm + 1e-12));
            double distance = scalar.squaredDistance(a, b, n);
            assertThat(vector.squaredDistance(a, b, n)).isEqualTo(distance, within(1e-6 * distance + 1e-12));
        }
    }

    private float[] gaussian(int n) {
        float[] w = new float[n];
        for (int i = 0; i < n; i++) {
            w[i] = (float) random.nextGaussian();
        }
        return w;
    }
}
