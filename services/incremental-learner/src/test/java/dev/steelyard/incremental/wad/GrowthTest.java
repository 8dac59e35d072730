package dev.steelyard.incremental.wad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.TensorScope;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GrowthTest {

    @Test
    void share_falls_to_nothing_along_a_square() {
        Growth growth = new Growth(0.1, 5);
        double[] expected = {0.064, 0.036, 0.016, 0.004, 0, 0};

        for (int round = 1; round <= 6; round++) {
            assertThat(growth.share(round)).isCloseTo(expected[round - 1], within(1e-15));
            assertThat(growth.count(round, 1000))
                    .as("no image is lost to binary fractions")
                    .isEqualTo((int) Math.round(1000 * expected[round - 1]));
        }
        assertThat(growth.count(1, 99)).as("6.336").isEqualTo(6);
        assertThat(new Growth(0.1, 0).count(1, 1000)).isZero();
    }

    @Test
    void smallest_losses_are_chosen_and_the_first_of_equal_ones() {
        int[] images = {10, 11, 12, 13, 14};
        double[] losses = {0.5, 0.1, 0.5, 0.0, 0.1};

        assertThat(Growth.smallest(images, losses, 2)).containsExactly(11, 13);
        assertThat(Growth.smallest(images, losses, 4)).containsExactly(10, 11, 13, 14);
        assertThat(Growth.smallest(images, losses, 0)).isEmpty();
    }

    @Test
    void promoted_images_leave_the_pool_and_none_is_lost() {
        Pool pool = new Pool(new int[] {0, 1}, 500);
        Growth growth = new Growth(0.5, 3);
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 1; round <= 4; round++) {
            int[] unlabelled = pool.unlabelled();
            for (int image : unlabelled) {
                pool.judge(image, image % 2, 0.5f, 0.25f, 0.25f);
            }
            int count = growth.count(round, unlabelled.length);
            int[] promoted = Growth.smallest(
                    unlabelled, random.doubles(unlabelled.length).toArray(), count);
            int before = pool.labelled().length;
            for (int image : promoted) {
                pool.promote(image, round);
                assertThat(pool.unlabelled()).doesNotContain(image);
                assertThat(pool.labelled()).contains(image);
            }

            assertThat(promoted).hasSize(count);
            assertThat(pool.labelled()).hasSize(before + count);
            assertThat(IntStream.concat(Arrays.stream(pool.labelled()), Arrays.stream(pool.unlabelled())))
                    .hasSize(502)
                    .doesNotHaveDuplicates();
        }
        int promoted = pool.labelled()[2];
        assertThat(pool.label(promoted)).isEqualTo(promoted % 2);
        assertThatThrownBy(() -> pool.judge(promoted, 0, 1, 0, 1)).hasMessageContaining("has a label");
        assertThatThrownBy(() -> pool.promote(promoted, 4)).hasMessageContaining("cannot be promoted");
        assertThatThrownBy(() -> pool.promote(0, 4)).hasMessageContaining("cannot be promoted");
    }

    @Test
    void pool_comes_back_as_it_was() {
        dev.steelyard.tensor.Torch.start(2);
        Pool pool = new Pool(new int[] {1, 0}, 3);
        pool.judge(2, 1, 0.75f, 0.5f, 0.25f);
        pool.judge(4, 0, 0.5f, 0.5f, 0);
        pool.promote(2, 3);
        Pool other = new Pool(new int[] {0, 0}, 3);

        try (var _ = TensorScope.open()) {
            other.restore(pool.save());
        }

        assertThat(other.labels(new int[] {0, 1, 2, 3, 4})).containsExactly(1, 0, 1, 0, 0);
        assertThat(other.unlabelled()).containsExactly(3, 4);
        assertThat(other.round(2)).isEqualTo(3);
        assertThat(other.best(2)).isEqualTo(0.75f);
        assertThat(other.second(4)).isEqualTo(0.5f);
        assertThat(other.weight(2)).isEqualTo(0.25f);
    }
}
