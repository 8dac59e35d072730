package dev.steelyard.tensor;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.global.torch;

/**
 * libtorch, started in this process. Start it before anything of {@code org.bytedeco.pytorch} is touched: the OpenMP
 * and BLAS settings are read once, when the native libraries load.
 *
 * <p>The first start on a machine unpacks the libraries (about 820 MB with MKL, 470 MB with OpenBLAS) into {@code ~/.javacpp/cache}, or wherever the
 * system property {@code org.bytedeco.javacpp.cachedir} points; processes that start at once wait for one another.
 *
 * <p>Compute on platform threads: libtorch keeps its gradient mode and its thread team per native thread, and a virtual
 * thread may change its carrier between two calls.
 */
public final class Torch {
    private final int threads;

    Torch(int threads) {
        this.threads = threads;
    }

    /**
     * Starts libtorch, or returns it when it runs already.
     *
     * <p>Algorithms are the deterministic ones: the same inputs, seeds and thread count give the same bits. With
     * OpenBLAS, waiting compute threads sleep instead of spinning, since element-wise operations (OpenMP) and matrix
     * products have threads of their own: on two cores, spinning doubles the time of a feed-forward layer.
     *
     * @param threads threads one operation may use, 1 or more
     * @throws IllegalStateException when it runs with another number of threads, or was loaded by somebody else before
     */
    public static Torch start(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: expected 1 or more, found " + threads);
        }
        return NativeLibrary.load(threads);
    }

    /** Threads one operation may use. */
    public int threads() {
        return threads;
    }

    /**
     * A source of random numbers of its own, owned by the innermost open scope. The global generator is shared by all
     * jobs of the process and therefore never used.
     */
    public Generator generator(long seed) {
        return torch.createCPUGenerator(seed);
    }
}
