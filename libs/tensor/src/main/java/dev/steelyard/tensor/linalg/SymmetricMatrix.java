package dev.steelyard.tensor.linalg;

import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A symmetric matrix A [n, n] of doubles in native memory, for sums of outer products and systems of equations. Its
 * upper half is the matrix; the lower half is room for a Cholesky factor, so that both together take 8n² bytes.
 *
 * <p>For one thread at a time; the work inside is done by as many as libtorch was started with. The same calls on the
 * same numbers of threads give the same bits.
 */
public final class SymmetricMatrix implements AutoCloseable {
    /** Largest n: 32 GiB. */
    public static final int MAX_SIZE = 1 << 16;

    private static final int BLOCK = 512;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE;

    private final int n;
    private final TensorOwner owner = new TensorOwner();
    private final Tensor values;
    private final MemorySegment memory;
    private boolean factored;

    /** All zeros. */
    public SymmetricMatrix(int n) {
        if (n < 1 || n > MAX_SIZE) {
            throw new IllegalArgumentException("size: expected 1 to %d, found %d".formatted(MAX_SIZE, n));
        }
        this.n = n;
        try (var _ = TensorScope.open()) {
            values = owner.own(torch.zeros(new long[] {n, n}, Tensors.options(ScalarType.Double)));
            memory = Tensors.segment(values);
        }
    }

    /** Rows, and columns. */
    public int size() {
        return n;
    }

    /**
     * A ← A + factor·HᵀH at half the work of a product. A Float block is multiplied in single precision and its product
     * added in double.
     *
     * @param h [k, n], Double or Float, contiguous
     */
    public void addGram(Tensor h, double factor) {
        requireUnfactored();
        Shapes.require("block", h, Shapes.ANY, n);
        if (h.scalar_type().intern() == ScalarType.Double) {
            Blas.dsyrk(h, factor, 1, values);
            return;
        }
        try (var _ = TensorScope.open()) {
            Tensor product = torch.zeros(new long[] {n, n}, Tensors.options(ScalarType.Float));
            Blas.ssyrk(h, factor, product);
            values.add_(product);
        }
    }

    /** A ← A + factor·B. */
    public void add(SymmetricMatrix other, double factor) {
        requireUnfactored();
        other.requireUnfactored();
        try (var _ = TensorScope.open()) {
            values.add_(Shapes.require("other matrix", other.values, n, n), new Scalar(factor));
        }
    }

    /**
     * X·A, owned by the innermost open scope.
     *
     * @param x [k, n], Double, contiguous
     * @return [k, n]
     */
    public Tensor multiplyLeft(Tensor x) {
        requireUnfactored();
        Tensor product = torch.empty_like(Shapes.require("factor", x, Shapes.ANY, n));
        Blas.dsymm(x, values, product);
        return product;
    }

    /** Row i from the diagonal to its end, n − i doubles; the live memory. */
    public MemorySegment upperRow(int i) {
        requireUnfactored();
        long first = (long) i * n + i;
        return memory.asSlice(first * Double.BYTES, (long) (n - i) * Double.BYTES);
    }

    /** A[i, i]. */
    public double diagonal(int i) {
        return upperRow(i).get(DOUBLE, 0);
    }

    /** Both halves, a copy owned by the innermost open scope: 8n² bytes more. */
    public Tensor toTensor() {
        requireUnfactored();
        try (var scope = TensorScope.open()) {
            mirror();
            return scope.keep(values.clone());
        }
    }

    /**
     * LLᵀ = A + shift·I. Until the factor is closed, this matrix can neither be read nor changed.
     *
     * @throws NotPositiveDefiniteException when there is no such factor; this matrix is as before
     */
    public Cholesky cholesky(double shift) {
        requireUnfactored();
        try (var _ = TensorScope.open()) {
            mirror();
            Tensor diagonal = torch.diagonal(values);
            double[] before = Tensors.toDoubles(diagonal);
            diagonal.add_(new Scalar(shift));
            int failed = Blas.dpotrf(values);
            if (failed != 0 || !Double.isFinite(diagonal.sum().item_double())) {
                diagonal.copy_(Tensors.of(before, n));
                throw new NotPositiveDefiniteException(Math.max(1, failed), n);
            }
            factored = true;
            return new Cholesky(values, Tensors.toDoubles(diagonal), () -> restore(before));
        }
    }

    private void restore(double[] diagonal) {
        try (var _ = TensorScope.open()) {
            torch.diagonal(values).copy_(Tensors.of(diagonal, n));
        }
        factored = false;
    }

    /** Copies the upper half onto the lower one. */
    private void mirror() {
        for (long i = 0; i < n; i += BLOCK) {
            long rows = Math.min(BLOCK, n - i);
            for (long j = 0; j <= i; j += BLOCK) {
                long columns = Math.min(BLOCK, n - j);
                try (var _ = TensorScope.open()) {
                    Tensor upper =
                            values.narrow(0, j, columns).narrow(1, i, rows).t();
                    Tensor lower = values.narrow(0, i, rows).narrow(1, j, columns);
                    lower.copy_(i == j ? upper.tril().add_(lower.triu(1)) : upper);
                }
            }
        }
    }

    private void requireUnfactored() {
        if (factored) {
            throw new IllegalStateException("the matrix holds a Cholesky factor; close that first");
        }
    }

    @Override
    public void close() {
        owner.close();
    }
}
