package dev.steelyard.quantizer.finequant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.quantizer.checkpoint.TestModel;
import dev.steelyard.quantizer.grid.Granularity;
import dev.steelyard.quantizer.grid.GroupRanges;
import dev.steelyard.tensor.kernels.FloatFormat;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdaptiveGranularityTest {
    private static final int ROWS = 64;

    private final AdaptiveGranularity adaptive = new AdaptiveGranularity(0.2, 64, 0);

    @Test
    void candidates_are_the_whole_width_and_the_powers_of_two_that_divide_it() {
        assertThat(adaptive.candidates(4096)).containsExactly(4096, 2048, 1024, 512, 256, 128, 64);
        assertThat(adaptive.candidates(384)).containsExactly(384, 128, 64);
        assertThat(adaptive.candidates(100)).containsExactly(100);
        assertThat(adaptive.candidates(64)).containsExactly(64);
        assertThat(new AdaptiveGranularity(0.2, 32, 128).candidates(4096)).containsExactly(4096, 128, 64, 32);
    }

    @ParameterizedTest
    @ValueSource(ints = {384, 1536, 4096})
    void matrix_without_outliers_keeps_one_scale_for_each_channel(int cols) {
        assertThat(choose(TestModel.gaussian(ROWS * cols, 1), cols)).isEqualTo(Granularity.channel());
    }

    @ParameterizedTest
    @ValueSource(ints = {384, 1536, 4096})
    void outlier_input_is_fenced_in_by_the_smallest_groups(int cols) {
        float[] weights = TestModel.gaussian(ROWS * cols, 1);
        for (int r = 0; r < ROWS; r++) {
            weights[r * cols + 77] *= 40;
        }
        assertThat(choose(weights, cols)).isEqualTo(Granularity.group(64));
    }

    @Test
    void outliers_in_regular_intervals_are_found_behind_sizes_that_gain_nothing() {
        int cols = 4096;
        float[] weights = TestModel.gaussian(ROWS * cols, 1);
        for (int i = 5; i < weights.length; i += 512) {
            weights[i] = 1;
        }
        assertThat(choose(weights, cols)).isEqualTo(Granularity.group(64));
    }

    @Test
    void few_outlier_rows_suffice() {
        int cols = 1024;
        float[] weights = TestModel.gaussian(ROWS * cols, 1);
        weights[3 * cols + 700] = 5;
        assertThat(choose(weights, cols)).isEqualTo(Granularity.group(64));
    }

    @Test
    void whole_rows_of_another_magnitude_are_no_outliers() {
        int cols = 1024;
        float[] weights = TestModel.gaussian(ROWS * cols, 1);
        for (int c = 0; c < cols; c++) {
            weights[7 * cols + c] *= 100;
        }
        assertThat(choose(weights, cols)).isEqualTo(Granularity.channel());
    }

    @Test
    void zeros_keep_one_scale_for_each_channel() {
        assertThat(choose(new float[ROWS * 256], 256)).isEqualTo(Granularity.channel());
    }

    private Granularity choose(float[] weights, int cols) {
        int[] sizes = adaptive.candidates(cols);
        var ranges = new GroupRanges(FloatFormat.F32, cols, sizes);
        for (int r = 0; r < ROWS; r++) {
            assertThat(ranges.add(MemorySegment.ofArray(weights), (long) r * cols * Float.BYTES))
                    .isTrue();
        }
        return adaptive.choose(sizes, ranges.rootMeanSquare());
    }
}
