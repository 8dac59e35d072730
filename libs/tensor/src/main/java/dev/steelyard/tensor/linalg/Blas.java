package dev.steelyard.tensor.linalg;

import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.Tensor;

/** The few BLAS and LAPACK routines that libtorch does not offer, on row-major tensors. */
final class Blas {
    private static final int ROW_MAJOR = openblas.CblasRowMajor;
    private static final int UPPER = openblas.CblasUpper;

    private Blas() {}

    /** C ← factor·AᵀA + beta·C, upper half only; A [k, n], C [n, n], both Double. */
    static void dsyrk(Tensor a, double factor, double beta, Tensor c) {
        int k = (int) a.size(0);
        int n = (int) a.size(1);
        openblas.cblas_dsyrk(
                ROW_MAJOR,
                UPPER,
                openblas.CblasTrans,
                n,
                k,
                factor,
                a.data_ptr_double(),
                n,
                beta,
                c.data_ptr_double(),
                n);
    }

    /** C ← factor·AᵀA, upper half only; A [k, n], C [n, n], both Float. */
    static void ssyrk(Tensor a, double factor, Tensor c) {
        int k = (int) a.size(0);
        int n = (int) a.size(1);
        openblas.cblas_ssyrk(
                ROW_MAJOR,
                UPPER,
                openblas.CblasTrans,
                n,
                k,
                (float) factor,
                a.data_ptr_float(),
                n,
                0,
                c.data_ptr_float(),
                n);
    }

    /** C ← B·A with A symmetric, given by its upper half; A [n, n], B and C [k, n], all Double. */
    static void dsymm(Tensor b, Tensor a, Tensor c) {
        int k = (int) b.size(0);
        int n = (int) b.size(1);
        openblas.cblas_dsymm(
                ROW_MAJOR,
                openblas.CblasRight,
                UPPER,
                k,
                n,
                1,
                a.data_ptr_double(),
                n,
                b.data_ptr_double(),
                n,
                0,
                c.data_ptr_double(),
                n);
    }

    /**
     * Cholesky factor of the lower half, in place; the upper half is left alone. To LAPACK, which counts by columns, it
     * is the upper one, and no transposed copy is made.
     *
     * @return 0, or the order of the first leading minor that is not positive
     */
    static int dpotrf(Tensor a) {
        int n = (int) a.size(0);
        return openblas.LAPACKE_dpotrf(openblas.LAPACK_COL_MAJOR, (byte) 'U', n, a.data_ptr_double(), n);
    }

    /** Solves with what {@link #dpotrf} left, in place; each row of {@code rhs} [c, n] is a right side. */
    static void dpotrs(Tensor a, Tensor rhs) {
        int n = (int) a.size(0);
        int failed = openblas.LAPACKE_dpotrs(
                openblas.LAPACK_COL_MAJOR,
                (byte) 'U',
                n,
                (int) rhs.size(0),
                a.data_ptr_double(),
                n,
                rhs.data_ptr_double(),
                n);
        if (failed != 0) {
            throw new IllegalArgumentException("dpotrs refuses its argument " + -failed);
        }
    }
}
