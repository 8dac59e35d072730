package dev.steelyard.tensor.linalg;

import dev.steelyard.tensor.Shapes;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/** The factor L of LLᵀ = A + shift·I. It lies in the matrix it was made from, which is free again once this is closed. */
public final class Cholesky implements AutoCloseable {
    private final Tensor factor;
    private final double[] diagonal;
    private final Runnable release;
    private boolean closed;

    Cholesky(Tensor factor, double[] diagonal, Runnable release) {
        this.factor = factor;
        this.diagonal = diagonal;
        this.release = release;
    }

    /**
     * X ← X·(A + shift·I)⁻¹, in place: each row is a right side of its own.
     *
     * @param x [c, n], Double, contiguous
     * @return x
     */
    public Tensor solve(Tensor x) {
        if (closed) {
            throw new IllegalStateException("the factor was closed");
        }
        Shapes.require("right sides", x, Shapes.ANY, diagonal.length);
        if (!x.is_contiguous()) {
            throw new IllegalArgumentException("right sides must be contiguous");
        }
        if (x.size(0) > 0) {
            Blas.dpotrs(factor, x);
        }
        return x;
    }

    /** (max Lᵢᵢ / min Lᵢᵢ)², which the condition number of A + shift·I is at least. */
    public double conditionEstimate() {
        double most = Arrays.stream(diagonal).max().orElse(1);
        double least = Arrays.stream(diagonal).min().orElse(1);
        return Math.pow(most / least, 2);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            release.run();
        }
    }
}
