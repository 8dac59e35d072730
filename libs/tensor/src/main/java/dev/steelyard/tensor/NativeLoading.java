package dev.steelyard.tensor;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Loading of native libraries, which must not be cut short. */
public final class NativeLoading {
    private NativeLoading() {}

    /**
     * Runs the loading on a platform thread of its own and waits for it. An interrupt of the caller (a job cancelled
     * while libraries unpack) would break file operations inside a loader and leave its classes unusable for the rest
     * of the process; here it stays pending instead.
     *
     * @throws IllegalStateException with the cause when the library cannot be loaded
     */
    public static <T> T run(String library, Callable<T> loading) {
        var loaded = new CompletableFuture<T>();
        Thread.ofPlatform().name("load-" + library).daemon().start(() -> {
            try {
                loaded.complete(loading.call());
            } catch (Throwable e) {
                loaded.completeExceptionally(e);
            }
        });
        try {
            return loaded.join();
        } catch (CompletionException e) {
            throw new IllegalStateException(library + " could not be loaded: " + e.getCause(), e.getCause());
        }
    }
}
