package dev.steelyard.tensor.kernels;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Threads that share matrix–vector products by rows. A product takes well under a millisecond, so helpers watch for the
 * next one for a while before they sleep. {@link #multiply} and {@link #close} are to be called by one thread.
 */
public final class GemvTeam implements AutoCloseable {
    /** Rows handed out at once: enough to pay for the hand-out, few enough to even out a slow core. */
    private static final int ROWS = 64;

    /** Looks for the next product before a helper sleeps, some 100 µs. */
    private static final int LOOKS = 5_000;

    private final GemvKernels kernels;
    private final List<Thread> helpers;
    private volatile @Nullable Product newest;
    private volatile boolean closed;

    /** @param threads in all, the caller's included; 1 or more */
    public GemvTeam(GemvKernels kernels, int threads) {
        this.kernels = kernels;
        helpers = IntStream.range(1, threads)
                .mapToObj(i -> Thread.ofPlatform().name("gemv-" + i).daemon().start(this::help))
                .toList();
    }

    /**
     * y = W x.
     *
     * @param x made by the kernels of this team for the matrix's bits
     * @param y [rows]
     */
    public void multiply(PackedMatrix w, Activations x, float[] y) {
        GemvKernels.requireFit(w, x, y, 0, w.rows());
        var product = new Product(w, x, y);
        newest = product;
        helpers.forEach(LockSupport::unpark);
        product.work(kernels);
        product.await();
    }

    private void help() {
        Product last = null;
        int looks = 0;
        while (!closed) {
            Product product = newest;
            if (product != null && product != last) {
                product.work(kernels);
                last = product;
                looks = 0;
            } else if (looks++ < LOOKS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
                looks = 0;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        helpers.forEach(LockSupport::unpark);
    }

    /** One product and how far it is. */
    private static final class Product {
        private final PackedMatrix w;
        private final Activations x;
        private final float[] y;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private volatile @Nullable RuntimeException failure;

        Product(PackedMatrix w, Activations x, float[] y) {
            this.w = w;
            this.x = x;
            this.y = y;
        }

        void work(GemvKernels kernels) {
            for (int from = next.getAndAdd(ROWS); from < w.rows(); from = next.getAndAdd(ROWS)) {
                int to = Math.min(from + ROWS, w.rows());
                try {
                    kernels.multiply(w, x, y, from, to);
                } catch (RuntimeException e) {
                    failure = e;
                }
                done.addAndGet(to - from);
            }
        }

        void await() {
            while (done.get() < w.rows()) {
                Thread.onSpinWait();
            }
            RuntimeException e = failure;
            if (e != null) {
                throw e;
            }
        }
    }
}
