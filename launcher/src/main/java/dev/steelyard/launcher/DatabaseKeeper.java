package dev.steelyard.launcher;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Starts the database again whenever it ends unasked or does not come up again, after the waits of a {@link Backoff},
 * until it is told to stop.
 */
final class DatabaseKeeper {
    private final Supplier<CompletableFuture<Integer>> crash;
    private final Runnable start;
    private final Backoff backoff;
    private final Consumer<String> announce;
    private long startedAt = System.nanoTime();
    private boolean stopping;

    /**
     * @param crash completes with the exit code when the database that runs ends unasked
     * @param start returns when it runs, or throws
     */
    DatabaseKeeper(
            Supplier<CompletableFuture<Integer>> crash, Runnable start, Backoff backoff, Consumer<String> announce) {
        this.crash = crash;
        this.start = start;
        this.backoff = backoff;
        this.announce = announce;
    }

    /** From now on. */
    synchronized void keep() {
        startedAt = System.nanoTime();
        var _ = crash.get().thenAcceptAsync(exitCode -> again("ended with exit code " + exitCode));
    }

    private synchronized void again(String why) {
        if (stopping) {
            return;
        }
        Duration wait = backoff.after(Duration.ofNanos(System.nanoTime() - startedAt));
        announce.accept("PostgreSQL " + why + "; starting it again in " + wait.toSeconds() + " s");
        Executor later = CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS);
        var _ = CompletableFuture.runAsync(this::restart, later);
    }

    private synchronized void restart() {
        if (stopping) {
            return;
        }
        startedAt = System.nanoTime();
        try {
            start.run();
        } catch (RuntimeException e) {
            again("could not be started again: " + e.getMessage());
            return;
        }
        keep();
    }

    /** Starts nothing any more; what is being started is waited for. */
    synchronized void stop() {
        stopping = true;
    }
}
