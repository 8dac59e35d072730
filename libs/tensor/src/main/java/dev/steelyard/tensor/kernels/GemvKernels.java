package dev.steelyard.tensor.kernels;

/**
 * y = W x with a packed W and single-precision x, y: weights are widened in registers and never written back. Rows are
 * independent of one another, so that threads may share a matrix by rows and the result does not depend on how.
 */
public interface GemvKernels {

    /**
     * Lays out a vector.
     *
     * @param bits of the matrices it will meet, 4 or 8
     * @param x [cols]; kept, not copied
     */
    Activations activations(int bits, float[] x);

    /**
     * Some rows of W x.
     *
     * @param x made by this same object for the matrix's bits
     * @param y [rows]; takes rows {@code from} to {@code to - 1}
     * @throws IllegalArgumentException when the lengths do not match
     */
    void multiply(PackedMatrix w, Activations x, float[] y, int from, int to);

    /** Refuses what does not fit together. */
    static void requireFit(PackedMatrix w, Activations x, float[] y, int from, int to) {
        if (x.bits() != w.bits() || x.x().length != w.cols() || y.length != w.rows()) {
            throw new IllegalArgumentException("%d-bit [%d, %d] times %d-bit activations [%d] into [%d]"
                    .formatted(w.bits(), w.rows(), w.cols(), x.bits(), x.x().length, y.length));
        }
        if (from < 0 || from > to || to > w.rows()) {
            throw new IllegalArgumentException("rows %d to %d of %d".formatted(from, to, w.rows()));
        }
    }
}
