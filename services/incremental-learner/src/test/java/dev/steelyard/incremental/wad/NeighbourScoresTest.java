package dev.steelyard.incremental.wad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.incremental.wad.Knowledge.Margin;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class NeighbourScoresTest {
    private static final int D = 48;
    private static final int CLASSES = 4;

    @Test
    void blocks_and_threads_do_not_change_a_bit() {
        int rows = 37;
        int count = 700; // two blocks and a part
        float[] z = units(rows, D, 1);
        float[] labelled = units(count, D, 2);
        int[] labels = new SplittableRandom(3).ints(count, 0, CLASSES).toArray();
        float[] expected = new float[rows * CLASSES];
        Arrays.fill(expected, Float.NEGATIVE_INFINITY);
        for (int row = 0; row < rows; row++) {
            for (int l = 0; l < count; l++) {
                float cosine = 0;
                for (int d = 0; d < D; d++) {
                    cosine = Math.fma(z[row * D + d], labelled[l * D + d], cosine);
                }
                int at = row * CLASSES + labels[l];
                expected[at] = Math.max(expected[at], cosine);
            }
        }

        for (int threads : new int[] {1, 2, 5}) {
            assertThat(new NeighbourScores(D, CLASSES, 1).of(z, labelled, labels, threads))
                    .containsExactly(expected);
        }
    }

    @Test
    void more_neighbours_are_averaged_and_a_small_class_takes_what_it_has() {
        float[] labelled = {1, 0, 0.8f, 0.6f, 0.6f, 0.8f, 0, 1};
        int[] labels = {0, 0, 0, 1};

        float[] scores = new NeighbourScores(2, 2, 2).of(new float[] {1, 0}, labelled, labels, 1);

        assertThat(scores[0]).isEqualTo(0.9f, within(1e-6f));
        assertThat(scores[1]).isZero();
    }

    @Test
    void the_nearest_of_a_class_counts_and_not_its_mean() {
        // class 0 has the nearest image and another far away; class 1 lies between
        float[] labelled = {1, 0, -1, 0, 0.8f, 0.6f};

        float[] scores = new NeighbourScores(2, 2, 1).of(new float[] {1, 0}, labelled, new int[] {0, 0, 1}, 1);
        Margin margin = Margin.of(scores, 0, 2);

        assertThat(margin.label()).isZero();
        assertThat(margin.weight()).isEqualTo(0.2f, within(1e-6f));
    }

    @Test
    void weight_is_the_best_less_the_second_and_nothing_in_a_tie() {
        assertThat(Margin.of(new float[] {0.2f, 0.7f, 0.7f}, 0, 3)).isEqualTo(new Margin(1, 0.7f, 0.7f));
        assertThat(Margin.of(new float[] {0.2f, 0.7f, 0.7f}, 0, 3).weight()).isZero();
        assertThat(Margin.of(new float[] {0, 0}, 0, 2).weight())
                .as("s₁ = 0 is no division")
                .isZero();
        assertThat(Margin.of(new float[] {-0.5f, -0.25f}, 0, 2).weight()).isEqualTo(0.25f);
        RandomGenerator random = new SplittableRandom(5);
        for (int i = 0; i < 1000; i++) {
            float[] scores = {random.nextFloat() - 0.5f, random.nextFloat() - 0.5f, random.nextFloat() - 0.5f};
            Margin margin = Margin.of(scores, 0, 3);
            float[] sorted = scores.clone();
            Arrays.sort(sorted);
            assertThat(margin.weight()).isEqualTo(sorted[2] - sorted[1]).isNotNegative();
        }
    }

    @Test
    void planted_classes_are_known_and_what_is_in_no_direction_is_not() {
        int d = 1024;
        float[] labelled = new float[CLASSES * d];
        float[] z = units(200, d, 7); // the second half in no direction
        for (int c = 0; c < CLASSES; c++) {
            labelled[c * d + c] = 1;
        }
        for (int row = 0; row < 100; row++) {
            for (int i = 0; i < d; i++) {
                z[row * d + i] = 0.1f * z[row * d + i] + (i == row % CLASSES ? 1 : 0);
            }
            normalize(z, row, d);
        }

        float[] scores = new NeighbourScores(d, CLASSES, 1).of(z, labelled, new int[] {0, 1, 2, 3}, 2);

        for (int row = 0; row < 200; row++) {
            Margin margin = Margin.of(scores, row * CLASSES, CLASSES);
            if (row < 100) {
                assertThat(margin.label()).isEqualTo(row % CLASSES);
                assertThat(margin.weight()).isGreaterThan(0.95f);
            } else {
                assertThat(margin.weight()).isLessThan(0.15f);
            }
        }
    }

    private static float[] units(int rows, int d, long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        float[] x = new float[rows * d];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        for (int row = 0; row < rows; row++) {
            normalize(x, row, d);
        }
        return x;
    }

    private static void normalize(float[] x, int row, int d) {
        double squares = 0;
        for (int i = 0; i < d; i++) {
            squares += (double) x[row * d + i] * x[row * d + i];
        }
        for (int i = 0; i < d; i++) {
            x[row * d + i] /= (float) Math.sqrt(squares);
        }
    }
}
