package dev.steelyard.tensor.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GemvKernelsTest {
    private final GemvKernels vector = new VectorGemv();
    private final GemvKernels scalar = new ScalarGemv();
    private final Random random = new Random(7);

    @ParameterizedTest
    @CsvSource({
        "4, 128, 128",
        "4, 512, 128",
        "4, 512, 64",
        "4, 512, 32",
        "4, 512, 8",
        "4, 512, 512",
        "4, 384, 384",
        "4, 192, 192",
        "4, 192, 96",
        "4, 136, 136",
        "4, 576, 192",
        "4, 8, 8",
        "4, 144, 16",
        "8, 64, 64",
        "8, 512, 128",
        "8, 512, 32",
        "8, 384, 384",
        "8, 104, 104",
        "8, 288, 96",
        "8, 8, 8"
    })
    void product_is_that_of_the_dequantized_matrix(int bits, int cols, int group) {
        int rows = 11;
        try (Arena arena = Arena.ofConfined()) {
            PackedMatrix w = matrix(arena, bits, rows, cols, group);
            float[] x = gaussian(cols);
            float[] expected = new float[rows];
            float[] actual = new float[rows];
            scalar.multiply(w, scalar.activations(bits, x), expected, 0, rows);
            vector.multiply(w, vector.activations(bits, x), actual, 0, rows);
            for (int r = 0; r < rows; r++) {
                double tolerance = 1e-6 * magnitude(w, x, r);
                assertThat((double) Math.abs(actual[r] - expected[r]))
                        .as("row %d", r)
                        .isLessThan(tolerance);
            }
        }
    }

    @Test
    void rows_can_be_shared_out_in_any_way() {
        try (Arena arena = Arena.ofConfined()) {
            PackedMatrix w = matrix(arena, 4, 23, 264, 264);
            Activations x = vector.activations(4, gaussian(264));
            float[] whole = new float[23];
            vector.multiply(w, x, whole, 0, 23);
            float[] parts = new float[23];
            int[] cuts = {0, 1, 3, 10, 11, 18, 23};
            for (int i = 1; i < cuts.length; i++) {
                vector.multiply(w, x, parts, cuts[i - 1], cuts[i]);
            }
            assertThat(parts).isEqualTo(whole);
        }
    }

    @Test
    void team_computes_what_one_thread_computes() {
        try (Arena arena = Arena.ofShared();
                var team = new GemvTeam(vector, 3)) {
            PackedMatrix w = matrix(arena, 4, 1000, 256, 64);
            for (int i = 0; i < 200; i++) {
                Activations x = vector.activations(4, gaussian(256));
                float[] expected = new float[1000];
                vector.multiply(w, x, expected, 0, 1000);
                float[] actual = new float[1000];
                team.multiply(w, x, actual);
                assertThat(actual).isEqualTo(expected);
            }
        }
    }

    @Test
    void failure_of_a_helper_reaches_the_caller() {
        try (var team = new GemvTeam(vector, 2)) {
            PackedMatrix w;
            try (Arena arena = Arena.ofShared()) {
                w = matrix(arena, 4, 1000, 256, 64);
            }
            assertThatThrownBy(() -> team.multiply(w, vector.activations(4, new float[256]), new float[1000]))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void what_does_not_fit_is_refused() {
        try (Arena arena = Arena.ofConfined()) {
            PackedMatrix w = matrix(arena, 4, 4, 128, 128);
            assertThatThrownBy(() -> vector.multiply(w, vector.activations(4, new float[120]), new float[4], 0, 4))
                    .hasMessage("4-bit [4, 128] times 4-bit activations [120] into [4]");
            assertThatThrownBy(() -> vector.multiply(w, vector.activations(4, new float[128]), new float[4], 2, 5))
                    .hasMessage("rows 2 to 5 of 4");
            assertThatThrownBy(() -> new PackedMatrix(4, 4, 128, 96, w.codes(), w.scales()))
                    .hasMessageContaining("in groups of 96");
            assertThatThrownBy(() -> new PackedMatrix(8, 4, 128, 128, w.codes(), w.scales()))
                    .hasMessage("codes: expected 512 bytes, found 256");
        }
    }

    private PackedMatrix matrix(Arena arena, int bits, int rows, int cols, int group) {
        byte[] codes = new byte[rows * cols * bits / 8];
        random.nextBytes(codes);
        MemorySegment scales = arena.allocate((long) rows * (cols / group) * Float.BYTES, Float.BYTES);
        for (long o = 0; o < scales.byteSize(); o += Float.BYTES) {
            scales.set(FloatFormat.FLOAT, o, random.nextFloat(0.001f, 0.1f));
        }
        MemorySegment segment = arena.allocate(codes.length);
        MemorySegment.copy(codes, 0, segment, ValueLayout.JAVA_BYTE, 0, codes.length);
        return new PackedMatrix(bits, rows, cols, group, segment, scales);
    }

    /** Σ |w x| of one row with the largest weight there can be. */
    private static double magnitude(PackedMatrix w, float[] x, int r) {
        double sum = 0;
        for (int c = 0; c < x.length; c++) {
            float s = w.scales().get(FloatFormat.FLOAT, ((long) r * w.groups() + c / w.group()) * Float.BYTES);
            sum += Math.abs(x[c]) * s * (1 << (w.bits() - 1));
        }
        return sum;
    }

    private float[] gaussian(int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }
}
