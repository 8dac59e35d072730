package dev.steelyard.tensor.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.train.RandomTensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SingularVectorsTest {
    private static final Torch ENGINE = Torch.start(2);

    private final RandomTensors random = new RandomTensors(ENGINE, 3);
    private final TensorScope scope = TensorScope.open();

    @AfterEach
    void closeAll() {
        scope.close();
        random.close();
    }

    /** Singular values 1, 0.9, 0.81, …. */
    private Tensor matrix(long rows, long columns) {
        long side = Math.min(rows, columns);
        Tensor u = torch.linalg_qr(random.normal(1, rows, side)).get0();
        Tensor v = torch.linalg_qr(random.normal(1, columns, side)).get0();
        Tensor sigma = torch.pow(new Scalar(0.9), torch.arange(new Scalar(side)));
        return torch.mm(torch.mul(u, sigma), v.t());
    }

    @ParameterizedTest
    @CsvSource({"60, 40, true", "60, 40, false", "40, 60, true", "40, 60, false"})
    void both_ways_give_orthonormal_vectors_of_the_same_subspace(long rows, long columns, boolean right) {
        Tensor a = matrix(rows, columns);
        Tensor exact = SingularVectors.exact(a, right, 6);
        Tensor randomized = SingularVectors.randomized(a, right, 6, random);

        for (Tensor vectors : new Tensor[] {exact, randomized}) {
            assertThat(largest(torch.mm(vectors, vectors.t()).sub(torch.eye(6))))
                    .isLessThan(1e-6);
            assertThat(vectors.size(1)).isEqualTo(right ? columns : rows);
            assertThat(vectors.select(0, 2).max().item_double())
                    .isEqualTo(vectors.select(0, 2).abs().max().item_double());
        }
        Tensor projected = right ? torch.mm(a, exact.t()) : torch.mm(exact, a);
        double energy = torch.linalg_svdvals(a).narrow(0, 0, 6).norm().item_double();
        assertThat(projected.norm().item_double()).isCloseTo(energy, within(1e-5));
        assertThat(torch.mm(exact, randomized.t()).norm().item_double()).isCloseTo(Math.sqrt(6), within(1e-3));
    }

    @Test
    void vectors_in_single_precision_are_orthonormal_but_for_their_rounding() {
        Tensor a = matrix(344, 128);
        for (Tensor vectors :
                new Tensor[] {SingularVectors.exact(a, true, 96), SingularVectors.randomized(a, false, 96, random)}) {
            Tensor rows = vectors.to(ScalarType.Double);
            assertThat(largest(torch.mm(rows, rows.t()).sub(torch.eye(96)))).isLessThan(1.2e-7);
        }
    }

    @Test
    void sign_does_not_depend_on_that_of_the_matrix() {
        Tensor a = matrix(20, 10);
        Tensor vectors = SingularVectors.exact(a, true, 3);

        assertThat(largest(vectors.sub(SingularVectors.exact(a.neg(), true, 3))))
                .isLessThan(1e-5);
    }

    @Test
    void matrix_of_less_rank_gives_orthonormal_vectors_all_the_same() {
        Tensor a = torch.mm(random.normal(1, 30, 2), random.normal(1, 2, 20));
        Tensor none = torch.zeros(30, 20);
        for (Tensor vectors : new Tensor[] {
            SingularVectors.exact(a, true, 5),
            SingularVectors.randomized(a, true, 5, random),
            SingularVectors.exact(none, false, 5)
        }) {
            assertThat(largest(torch.mm(vectors, vectors.t()).sub(torch.eye(5))))
                    .isLessThan(1e-6);
        }
        assertThat(torch.linalg_svd(a, false, new StringViewOptional())
                        .get1()
                        .select(0, 3)
                        .item_double())
                .isLessThan(1e-4);
    }

    private static double largest(Tensor x) {
        return x.abs().max().item_double();
    }
}
