package dev.steelyard.incremental.wad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AurocTest {

    @Test
    void area_is_the_share_of_pairs_in_the_right_order() {
        SplittableRandom random = new SplittableRandom(2);
        double[] scores = random.ints(200, 0, 30).asDoubleStream().toArray(); // many ties
        boolean[] positive = new boolean[scores.length];
        for (int i = 0; i < positive.length; i++) {
            positive[i] = random.nextInt(3) == 0;
        }
        double right = 0;
        long pairs = 0;
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores.length; j++) {
                if (positive[i] && !positive[j]) {
                    right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                    pairs++;
                }
            }
        }

        assertThat(Auroc.of(scores, positive)).isCloseTo(right / pairs, within(1e-12));
    }

    @Test
    void order_is_all_or_nothing_and_one_kind_alone_is_no_number() {
        assertThat(Auroc.of(new double[] {1, 2, 3}, new boolean[] {false, true, true}))
                .isEqualTo(1);
        assertThat(Auroc.of(new double[] {1, 2, 3}, new boolean[] {true, false, false}))
                .isZero();
        assertThat(Auroc.of(new double[] {1, 2}, new boolean[] {true, true})).isNaN();
    }
}
