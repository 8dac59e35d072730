package dev.steelyard.cli.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A stream that is closed when nothing has come for too long. A connection whose other end has gone without a word, as
 * after a power cut or behind a router that forgot it, stays open otherwise, and whoever reads from it waits for ever.
 */
final class WatchedStream extends FilterInputStream {
    private static final int LOOKS = 10;

    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("watch").factory());
    private final Duration silence;
    private volatile long heardAt = System.nanoTime();

    /** @param silence how long nothing may come */
    WatchedStream(InputStream stream, Duration silence) {
        super(stream);
        this.silence = silence;
        long every = Math.max(1, silence.toNanos() / LOOKS);
        var _ = watch.scheduleWithFixedDelay(this::look, every, every, TimeUnit.NANOSECONDS);
    }

    private void look() {
        if (System.nanoTime() - heardAt > silence.toNanos()) {
            try {
                close();
            } catch (IOException e) {
                // it is given up in any case
            }
        }
    }

    @Override
    public int read() throws IOException {
        int one = super.read();
        heardAt = System.nanoTime();
        return one;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int read = super.read(into, offset, length);
        heardAt = System.nanoTime();
        return read;
    }

    @Override
    public void close() throws IOException {
        watch.shutdownNow();
        super.close();
    }
}
