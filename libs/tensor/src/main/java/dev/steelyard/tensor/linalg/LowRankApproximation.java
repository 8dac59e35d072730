package dev.steelyard.tensor.linalg;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.train.RandomTensors;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The matrix of a given rank nearest to another: the leading terms of its singular value decomposition, in single
 * precision.
 */
public final class LowRankApproximation {
    private static final int OVERSAMPLING = 16;
    private static final int MIN_ITERATIONS = 2;
    private static final int MAX_ITERATIONS = 64;
    private static final double TOLERANCE = 1e-6;

    private LowRankApproximation() {}

    /**
     * By LAPACK's decomposition of the whole matrix.
     *
     * @param w [m, n]
     * @param rank 1 to min(m, n); there the matrix itself comes out
     * @return [m, n], Float, of the innermost open scope
     */
    public static Tensor exact(Tensor w, long rank) {
        try (var scope = TensorScope.open();
                var _ = NoGrad.begin()) {
            Tensor matrix = matrix(w, rank);
            if (rank == Math.min(w.size(0), w.size(1))) {
                return scope.keep(matrix.clone());
            }
            var factors = torch.linalg_svd(matrix, false, new StringViewOptional());
            return scope.keep(leading(factors.get0(), factors.get1(), factors.get2(), rank));
        }
    }

    /**
     * By subspace iteration from random vectors, 16 more than the rank (Halko, Martinsson and Tropp, arXiv:0909.4061,
     * algorithm 4.4). Two power iterations, which are enough where the singular values fall off well, and more until
     * another one adds less than a millionth to Σσᵢ², 64 at most. One takes 4·m·n·(rank + 16) operations; the whole
     * decomposition takes some 14·m·n².
     *
     * @param random gives the test vectors
     */
    public static Tensor randomized(Tensor w, long rank, RandomTensors random) {
        try (var scope = TensorScope.open();
                var _ = NoGrad.begin()) {
            Tensor matrix = matrix(w, rank);
            long q = Math.min(rank + OVERSAMPLING, Math.min(w.size(0), w.size(1)));
            Tensor basis = orthonormal(torch.matmul(matrix, random.normal(1, w.size(1), q))); // [m, q]
            var across = torch.linalg_qr(torch.matmul(matrix.t(), basis)); // [n, q] and [q, q]
            double energy = energy(across.get1(), rank);
            for (int i = 1; i <= MAX_ITERATIONS; i++) {
                basis = orthonormal(torch.matmul(matrix, across.get0()));
                across = torch.linalg_qr(torch.matmul(matrix.t(), basis));
                double before = energy;
                energy = energy(across.get1(), rank);
                if (i >= MIN_ITERATIONS && energy - before <= TOLERANCE * energy) {
                    break;
                }
            }
            // basisᵀ·W = Rᵀ·acrossᵀ
            var factors = torch.linalg_svd(across.get1().t(), false, new StringViewOptional());
            return scope.keep(leading(
                    torch.matmul(basis, factors.get0()),
                    factors.get1(),
                    torch.matmul(factors.get2(), across.get0().t()),
                    rank));
        }
    }

    /** Σσᵢ² of the leading terms. */
    private static double energy(Tensor triangle, long rank) {
        return torch.linalg_svdvals(triangle).narrow(0, 0, rank).square().sum().item_double();
    }

    private static Tensor matrix(Tensor w, long rank) {
        Shapes.require("matrix", w, Shapes.ANY, Shapes.ANY);
        if (rank < 1 || rank > Math.min(w.size(0), w.size(1))) {
            throw new IllegalArgumentException(
                    "rank: expected 1 to %d, found %d".formatted(Math.min(w.size(0), w.size(1)), rank));
        }
        return w.detach().to(ScalarType.Float);
    }

    private static Tensor orthonormal(Tensor a) {
        return torch.linalg_qr(a).get0();
    }

    private static Tensor leading(Tensor u, Tensor sigma, Tensor vt, long rank) {
        Tensor scaled = torch.mul(u.narrow(1, 0, rank), sigma.narrow(0, 0, rank));
        return torch.matmul(scaled, vt.narrow(0, 0, rank));
    }
}
