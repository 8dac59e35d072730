package dev.steelyard.tensor.kernels;

/**
 * The fastest kernels of this machine, chosen once.
 *
 * @param quantize from floats to packed integers and back
 * @param gemv products with packed matrices
 * @param moments running moments kept in 8 bits
 * @param vectorized whether the Vector API is in use
 */
public record Kernels(QuantizeKernels quantize, GemvKernels gemv, MomentKernels moments, boolean vectorized) {
    private static final String MODULE = "jdk.incubator.vector";

    /** Vector registers hold at least this many floats where the vector kernels pay. */
    private static final int LEAST_LANES = 8;

    /**
     * The vector kernels, or the scalar ones in a JVM started without {@code --add-modules jdk.incubator.vector} or on
     * a machine with registers of less than 256 bits.
     */
    public static Kernels best() {
        return Holder.BEST;
    }

    /** The kernels that say what the others must compute. */
    public static Kernels scalar() {
        return new Kernels(new ScalarQuantize(), new ScalarGemv(), new ScalarMoments(), false);
    }

    private static Kernels choose() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty() || VectorQuantize.lanes() < LEAST_LANES) {
            return scalar();
        }
        return new Kernels(new VectorQuantize(), new VectorGemv(), new VectorMoments(), true);
    }

    private static final class Holder {
        static final Kernels BEST = choose();
    }
}
