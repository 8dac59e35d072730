package dev.steelyard.incremental.lift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.linalg.LargestEntries;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PrincipalWeightsTest {
    private static final Torch ENGINE = Torch.start(2);

    private final TensorScope scope = TensorScope.open();
    private final RandomTensors random = new RandomTensors(ENGINE, 17);

    @AfterEach
    void closeAll() {
        scope.close();
        random.close();
    }

    @Test
    void budget_is_that_of_a_low_rank_adapter() {
        assertThat(new Budget(128, 0).entries(4096, 4096)).isEqualTo(8192 * 128);
        assertThat((double) new Budget(128, 0).entries(4096, 4096) / (4096 * 4096))
                .isEqualTo(0.0625);
        assertThat(new Budget(4, 0).entries(128, 128)).isEqualTo(1024);
        assertThat(new Budget(64, 0).entries(64, 100))
                .as("no more than there are")
                .isEqualTo(6400);
        assertThat(new Budget(4, 0.05).entries(100, 50)).as("a share wins").isEqualTo(250);
        assertThat(new Budget(4, 1e-9).entries(100, 50)).isEqualTo(1);
    }

    @Test
    void exactly_as_many_entries_as_the_budget_says_in_order() {
        Tensor w = random.normal(1, 30, 50);
        for (Selection selection : Selection.values()) {
            int[] chosen = choose(selection, 5, w, 1);

            assertThat(chosen).as(selection.name()).hasSize(80 * 4).isSorted().doesNotHaveDuplicates();
            assertThat(chosen[0]).isNotNegative();
            assertThat(chosen[chosen.length - 1]).isLessThan(1500);
        }
    }

    @Test
    void matrix_of_rank_one_gives_the_largest_products() {
        Tensor u = random.normal(1, 30, 1);
        Tensor v = random.normal(1, 1, 50);
        Tensor w = torch.matmul(u, v);

        assertThat(choose(Selection.LIFT, 1, w, 1)).isEqualTo(LargestEntries.of(w, 320));
        assertThat(choose(Selection.LIFT, 7, w, 1)).isEqualTo(LargestEntries.of(w, 320));
    }

    @Test
    void full_rank_is_the_magnitude_mask_and_a_low_one_is_not() {
        Tensor w = random.normal(1, 30, 50);
        int[] magnitude = choose(Selection.MAGNITUDE, 5, w, 1);

        assertThat(magnitude).isEqualTo(LargestEntries.of(w, 320));
        assertThat(choose(Selection.LIFT, 30, w, 1)).isEqualTo(magnitude);
        assertThat(choose(Selection.LIFT, 5, w, 1)).isNotEqualTo(magnitude);
        assertThat(choose(Selection.SMALLEST, 5, w, 1)).doesNotContain(choose(Selection.LIFT, 5, w, 1));
    }

    @Test
    void lots_depend_on_seed_name_and_step_alone() {
        Tensor w = random.normal(1, 30, 50);

        assertThat(choose(Selection.RANDOM, 5, w, 1)).isEqualTo(choose(Selection.RANDOM, 5, w, 1));
        assertThat(choose(Selection.RANDOM, 5, w, 1)).isNotEqualTo(choose(Selection.RANDOM, 5, w, 2));
    }

    @Test
    void gradient_mask_follows_the_gradient() {
        Tensor w = random.normal(1, 2, 300);
        Tensor gradient = Tensors.of(new float[600], 2, 300);
        gradient.view(-1).narrow(0, 7, 500).fill_(new Scalar(-1.0));

        assertThat(new PrincipalWeights(ENGINE, 1, Selection.GRADIENT, 1, new Budget(1, 0))
                        .of("w", w, Map.of("w", gradient), 0))
                .startsWith(7, 8)
                .hasSize(302)
                .endsWith(308);
    }

    private static int[] choose(Selection selection, long rank, Tensor w, long seed) {
        try (var _ = TensorScope.open()) {
            return new PrincipalWeights(ENGINE, seed, selection, rank, new Budget(4, 0))
                    .of("layer.weight", w, Map.of("layer.weight", w.square()), 3);
        }
    }
}
