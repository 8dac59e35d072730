package dev.steelyard.tensor.kernels;

/**
 * The vector that packed matrices are multiplied with, laid out for one kernel by {@link GemvKernels#activations}; any
 * number of matrices and threads may share it.
 */
public final class Activations {
    private final int bits;
    private final float[] x;
    private final float[] layout;

    Activations(int bits, float[] x, float[] layout) {
        this.bits = bits;
        this.x = x;
        this.layout = layout;
    }

    /** Bits of the matrices it goes with. */
    int bits() {
        return bits;
    }

    /** The vector itself. */
    float[] x() {
        return x;
    }

    /** What the kernel made of it. */
    float[] layout() {
        return layout;
    }
}
