package dev.steelyard.tensor.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LowRankApproximationTest {
    private static final Torch ENGINE = Torch.start(2);
    private final TensorScope scope = TensorScope.open();
    private final RandomTensors random = new RandomTensors(ENGINE, 5);

    @AfterEach
    void closeAll() {
        scope.close();
        random.close();
    }

    @Test
    void error_is_the_tail_of_the_singular_values() {
        Tensor w = random.normal(1, 60, 90);
        double[] sigma = Tensors.toDoubles(torch.linalg_svdvals(w));

        Tensor near = LowRankApproximation.exact(w, 20);

        double tail =
                IntStream.range(20, 60).mapToDouble(i -> sigma[i] * sigma[i]).sum();
        double error = torch.sub(w, near).norm().item_double();
        assertThat(error).isBetween(Math.sqrt(tail) * 0.9999, Math.sqrt(tail) * 1.0001);
        assertThat(Tensors.toDoubles(torch.linalg_svdvals(near))[20]).isLessThan(1e-4);
    }

    @Test
    void full_rank_gives_the_matrix_itself() {
        Tensor w = random.normal(1, 30, 20);

        assertThat(Tensors.toFloats(LowRankApproximation.exact(w, 20))).isEqualTo(Tensors.toFloats(w));
        assertThatThrownBy(() -> LowRankApproximation.exact(w, 21)).hasMessage("rank: expected 1 to 20, found 21");
    }

    /** From a spectrum that hardly falls off, which is hard, to one that falls fast. */
    @Test
    void range_finder_selects_the_same_entries() {
        for (double power : new double[] {0.3, 0.5, 1, 2}) {
            Tensor w = withSpectrum(power, 300, 500);
            int[] exact = LargestEntries.of(LowRankApproximation.exact(w, 32), 7500);
            int[] fast = LargestEntries.of(LowRankApproximation.randomized(w, 32, random), 7500);

            assertThat(shared(exact, fast) / 7500.0).as("σᵢ ∝ i^−" + power).isGreaterThanOrEqualTo(0.99);
        }
    }

    /** σᵢ ∝ i^−power with random directions. */
    private Tensor withSpectrum(double power, int rows, int columns) {
        Tensor u = torch.linalg_qr(random.normal(1, rows, rows)).get0();
        Tensor v = torch.linalg_qr(random.normal(1, columns, rows)).get0(); // [columns, rows]
        double[] sigma = IntStream.rangeClosed(1, rows)
                .mapToDouble(i -> Math.pow(i, -power))
                .toArray();
        Tensor scaled = torch.mul(u, Tensors.of(sigma, rows).to(u.scalar_type()));
        return torch.matmul(scaled, v.t()).mul_(new Scalar(3.0));
    }

    private static int shared(int[] a, int[] b) {
        return (int) IntStream.of(a).filter(i -> Arrays.binarySearch(b, i) >= 0).count();
    }
}
