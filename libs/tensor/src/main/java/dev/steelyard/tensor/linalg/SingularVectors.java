package dev.steelyard.tensor.linalg;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.train.RandomTensors;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Leading singular vectors of a matrix on one of its sides, orthonormal rows of which each has its largest entry above 0:
 * so the same matrix gives the same vectors.
 */
public final class SingularVectors {
    private static final int OVERSAMPLING = 16;
    private static final int ITERATIONS = 2;

    private SingularVectors() {}

    /**
     * By LAPACK's decomposition of the whole matrix.
     *
     * @param a [m, n], Float or Double
     * @param right whether right ones are asked for, [rank, n]; left ones are [rank, m]
     * @param rank 1 to min(m, n)
     * @return of the innermost open scope and the matrix's type
     * @throws RuntimeException when the decomposition does not converge
     */
    public static Tensor exact(Tensor a, boolean right, long rank) {
        requireRank(a, rank);
        try (var scope = TensorScope.open();
                var _ = NoGrad.begin()) {
            var factors = torch.linalg_svd(a, false, new StringViewOptional());
            Tensor vectors = right
                    ? factors.get2().narrow(0, 0, rank)
                    : factors.get0().narrow(1, 0, rank).t();
            return scope.keep(finished(vectors));
        }
    }

    /**
     * By two power iterations from 16 more random vectors than the rank (Halko, Martinsson and Tropp, arXiv:0909.4061,
     * algorithm 4.4): some 12·m·n·(rank + 16) operations, where {@link #exact} takes some 10·m·n·min(m, n).
     *
     * @param random gives the test vectors
     */
    public static Tensor randomized(Tensor a, boolean right, long rank, RandomTensors random) {
        requireRank(a, rank);
        try (var scope = TensorScope.open();
                var _ = NoGrad.begin()) {
            Tensor tall = right ? a : a.t(); // its right vectors are asked for
            long columns = Math.min(rank + OVERSAMPLING, Math.min(a.size(0), a.size(1)));
            Tensor test = random.normal(1, tall.size(0), columns).to(a.scalar_type());
            Tensor basis = orthonormal(torch.mm(tall.t(), test)); // [side, columns]
            for (int i = 0; i < ITERATIONS; i++) {
                basis = orthonormal(torch.mm(tall.t(), orthonormal(torch.mm(tall, basis))));
            }
            var factors = torch.linalg_svd(torch.mm(tall, basis), false, new StringViewOptional());
            Tensor vectors = torch.mm(factors.get2().narrow(0, 0, rank), basis.t());
            return scope.keep(finished(vectors));
        }
    }

    private static void requireRank(Tensor a, long rank) {
        Shapes.require("matrix", a, Shapes.ANY, Shapes.ANY);
        if (rank < 1 || rank > Math.min(a.size(0), a.size(1))) {
            throw new IllegalArgumentException(
                    "rank: expected 1 to %d, found %d".formatted(Math.min(a.size(0), a.size(1)), rank));
        }
    }

    private static Tensor orthonormal(Tensor a) {
        return torch.linalg_qr(a).get0();
    }

    /** With their signs, and orthonormal to half a unit in the last place: a Newton-Schulz step takes an error ε to ε². */
    private static Tensor finished(Tensor vectors) {
        Tensor largest = vectors.gather(1, vectors.abs().argmax(new LongOptional(1), true));
        Tensor q = torch.mul(vectors, largest.sign()).to(ScalarType.Double);
        Tensor correction = torch.mm(torch.mm(q, q.t()), q).sub(q).mul_(new Scalar(0.5));
        return q.sub(correction).to(vectors.scalar_type().intern()).contiguous();
    }
}
