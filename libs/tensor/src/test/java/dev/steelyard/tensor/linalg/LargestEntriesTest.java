package dev.steelyard.tensor.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LargestEntriesTest {
    private static final Torch ENGINE = Torch.start(2);
    private final TensorScope scope = TensorScope.open();

    @AfterEach
    void closeScope() {
        scope.close();
    }

    @Test
    void finds_what_a_stable_sort_by_magnitude_finds() {
        try (var random = new RandomTensors(ENGINE, 11)) {
            Tensor rough = random.normal(1, 50, 40).mul_(new Scalar(8.0)).round(); // many equal entries
            for (Tensor x : new Tensor[] {random.normal(1e-20, 50, 40), random.normal(1, 50, 40), rough}) {
                for (int count : new int[] {0, 1, 137, 1999, 2000}) {
                    assertThat(LargestEntries.of(x, count)).isEqualTo(sorted(x, count, -1));
                    assertThat(LargestEntries.smallest(x, count)).isEqualTo(sorted(x, count, 1));
                }
            }
        }
    }

    @Test
    void first_of_equal_entries_are_taken() {
        Tensor x = Tensors.of(new float[] {-2, 1, 2, -0f, 2, 0}, 2, 3);

        assertThat(LargestEntries.of(x, 2)).containsExactly(0, 2);
        assertThat(LargestEntries.smallest(x, 1)).containsExactly(3);
    }

    @Test
    void infinity_is_largest_and_what_is_no_number_is_refused() {
        assertThat(LargestEntries.of(Tensors.of(new float[] {3, Float.NEGATIVE_INFINITY}, 2), 1))
                .containsExactly(1);
        assertThatThrownBy(() -> LargestEntries.of(Tensors.of(new float[] {3, Float.NaN}, 2), 1))
                .hasMessage("entry 1 is not a number");
        assertThatThrownBy(() -> LargestEntries.of(Tensors.of(new float[] {3}, 1), 2))
                .hasMessageContaining("found 2");
    }

    private static int[] sorted(Tensor x, int count, int sign) {
        float[] values = Tensors.toFloats(x);
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> sign * Math.abs((double) values[i])))
                .limit(count)
                .mapToInt(i -> i)
                .sorted()
                .toArray();
    }
}
