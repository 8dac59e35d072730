package dev.steelyard.bench.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Looks at the memory of this process every few milliseconds and keeps the peak. */
final class MemoryWatch implements AutoCloseable {
    private static final long PERIOD_MILLIS = 5;

    private final AtomicReference<MemoryUse> peak = new AtomicReference<>(new MemoryUse(0, 0));
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());

    MemoryWatch() {
        var _ = clock.scheduleAtFixedRate(this::look, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            peak.accumulateAndGet(MemoryUse.now(), MemoryUse::max);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The most there was so far. */
    MemoryUse peak() {
        look();
        return peak.get();
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
