package dev.steelyard.tensor;

import org.bytedeco.pytorch.GradMode;

/**
 * Turns the recording of gradients off for this thread until closed.
 *
 * <pre>{@code
 * try (var _ = NoGrad.begin()) {
 *     weight.sub_(step);
 * }
 * }</pre>
 */
public final class NoGrad implements AutoCloseable {
    private final boolean before = GradMode.is_enabled();

    private NoGrad() {
        GradMode.set_enabled(false);
    }

    /** @throws IllegalStateException on a virtual thread: the mode belongs to the native thread, which may change */
    public static NoGrad begin() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("gradient mode needs a platform thread");
        }
        return new NoGrad();
    }

    @Override
    public void close() {
        GradMode.set_enabled(before);
    }
}
