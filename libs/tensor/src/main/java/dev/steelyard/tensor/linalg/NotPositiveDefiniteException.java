package dev.steelyard.tensor.linalg;

/** A matrix has no Cholesky factor: it is singular to working precision, has a negative eigenvalue or is not finite. */
public final class NotPositiveDefiniteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int pivot;

    NotPositiveDefiniteException(int pivot, int size) {
        super("leading minor %d of %d is not positive".formatted(pivot, size));
        this.pivot = pivot;
    }

    /** Order of the first leading minor that is not positive, from 1. */
    public int pivot() {
        return pivot;
    }
}
