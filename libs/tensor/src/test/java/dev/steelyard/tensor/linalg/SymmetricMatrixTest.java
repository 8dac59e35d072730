package dev.steelyard.tensor.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymmetricMatrixTest {
    private final Random random = new Random(1);
    private TensorScope scope;

    @BeforeEach
    void start() {
        Torch.start(2);
        scope = TensorScope.open();
    }

    @AfterEach
    void end() {
        scope.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 511, 512, 513, 1100})
    void gram_sums_are_the_products(int n) {
        Tensor h = uniform(90, n);
        Tensor g = uniform(13, n);
        try (var matrix = new SymmetricMatrix(n)) {
            matrix.addGram(h, 1);
            matrix.addGram(g, -0.5);

            Tensor expected = h.t().mm(h).sub_(g.t().mm(g), new Scalar(0.5));

            assertThat(distance(matrix.toTensor(), expected)).isLessThan(1e-14);
        }
    }

    @Test
    void single_precision_blocks_are_added_in_double() {
        Tensor h = uniform(200, 64);
        try (var matrix = new SymmetricMatrix(64)) {
            matrix.addGram(uniform(1, 64).zero_().add_(new Scalar(1e9)), 1);
            matrix.addGram(h.to(ScalarType.Float), 1);

            Tensor expected = h.t().mm(h);

            assertThat(distance(matrix.toTensor().sub_(new Scalar(1e18)), expected))
                    .isGreaterThan(1e-3);
        }
        try (var matrix = new SymmetricMatrix(64)) {
            matrix.addGram(h.to(ScalarType.Float), 1);

            assertThat(distance(matrix.toTensor(), h.t().mm(h))).isLessThan(1e-6);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 600})
    void systems_are_solved_and_the_matrix_stays(int n) {
        Tensor h = uniform(2 * n, n);
        Tensor rhs = uniform(3, n);
        try (var matrix = new SymmetricMatrix(n)) {
            matrix.addGram(h, 1);
            Tensor before = matrix.toTensor();
            Tensor solution;
            try (Cholesky factor = matrix.cholesky(0.25)) {
                solution = factor.solve(rhs.clone());
                assertThatThrownBy(() -> matrix.addGram(h, 1)).isInstanceOf(IllegalStateException.class);
            }

            assertThat(torch.equal(matrix.toTensor(), before)).isTrue();
            Tensor product = solution.mm(before).add_(solution, new Scalar(0.25));
            assertThat(distance(product, rhs)).isLessThan(1e-11);
            assertThat(distance(matrix.multiplyLeft(solution).add_(solution, new Scalar(0.25)), rhs))
                    .isLessThan(1e-11);
        }
    }

    @Test
    void condition_is_that_of_a_diagonal_matrix() {
        try (var matrix = new SymmetricMatrix(2)) {
            matrix.addGram(Tensors.of(new double[] {100, 0, 0, 1}, 2, 2), 1);
            try (Cholesky factor = matrix.cholesky(0)) {
                assertThat(factor.conditionEstimate()).isCloseTo(1e4, within(1e-8));
            }
        }
    }

    @Test
    void indefinite_and_infinite_matrices_are_refused_and_stay() {
        Tensor h = uniform(4, 3);
        try (var matrix = new SymmetricMatrix(3)) {
            matrix.addGram(h, -1);
            Tensor before = matrix.toTensor();

            assertThatThrownBy(() -> matrix.cholesky(0.1)).isInstanceOf(NotPositiveDefiniteException.class);
            assertThat(torch.equal(matrix.toTensor(), before)).isTrue();

            matrix.addGram(Tensors.of(new double[] {0, Double.NaN, 1}, 1, 3), 1);
            assertThatThrownBy(() -> matrix.cholesky(1e6)).isInstanceOf(NotPositiveDefiniteException.class);
        }
    }

    @Test
    void rows_are_the_upper_half() {
        try (var matrix = new SymmetricMatrix(3)) {
            matrix.addGram(Tensors.of(new double[] {1, 2, 3}, 1, 3), 1);

            assertThat(matrix.upperRow(0).toArray(ValueLayout.JAVA_DOUBLE)).containsExactly(1, 2, 3);
            assertThat(matrix.upperRow(1).toArray(ValueLayout.JAVA_DOUBLE)).containsExactly(4, 6);
            assertThat(matrix.diagonal(2)).isEqualTo(9);
        }
    }

    @Test
    void sums_of_parts_are_sums_of_matrices() {
        Tensor h = uniform(20, 40);
        try (var whole = new SymmetricMatrix(40);
                var part = new SymmetricMatrix(40)) {
            whole.addGram(h, 2);
            part.addGram(h, 1);
            part.add(part, 1);

            assertThat(distance(part.toTensor(), whole.toTensor())).isLessThan(1e-15);
        }
    }

    private Tensor uniform(int rows, int columns) {
        return Tensors.of(random.doubles((long) rows * columns, -1, 1).toArray(), rows, columns);
    }

    /** ‖a − b‖ / ‖b‖. */
    private static double distance(Tensor a, Tensor b) {
        return a.sub(b).norm().item_double() / b.norm().item_double();
    }
}
