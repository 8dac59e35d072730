package dev.steelyard.tensor.train;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Batches of shuffled items, pass after pass without end, made ahead of time by a thread of its own. A position is the
 * number of batches taken; from it a run continues with the very next batch.
 *
 * <p>What a pass leaves over after its last full batch is left out of it.
 *
 * @param <B> a batch: plain Java arrays, since tensors belong to the thread that computes with them
 */
public final class DataLoader<B> implements AutoCloseable {

    /** Makes a batch out of items. Called from one thread of the loader. */
    @FunctionalInterface
    public interface Source<B> {
        B load(int[] items) throws IOException;
    }

    /** Makes a batch that depends on its place in the run, too. Called from one thread of the loader. */
    @FunctionalInterface
    public interface NumberedSource<B> {
        /** @param number batches before this one, from 0 */
        B load(long number, int[] items) throws IOException;
    }

    private final NumberedSource<B> source;
    private final Shuffle shuffle;
    private final int batch;
    private final int ahead;
    private final ExecutorService loading;
    private final Deque<Future<B>> ready = new ArrayDeque<>();
    private long position;
    private long pass = -1;
    private int[] order = {};

    /**
     * @param batch items of a batch, 1 to the number of items
     * @param ahead batches made before they are asked for, 1 or more
     */
    public DataLoader(Source<B> source, Shuffle shuffle, int batch, int ahead) {
        this((_, items) -> source.load(items), shuffle, batch, ahead);
    }

    /** The same with batches that know their number, such as those that are changed at random. */
    public DataLoader(NumberedSource<B> source, Shuffle shuffle, int batch, int ahead) {
        if (batch < 1 || batch > shuffle.items() || ahead < 1) {
            throw new IllegalArgumentException(
                    "expected a batch of 1 to %d items and 1 batch ahead or more, found %d, %d"
                            .formatted(shuffle.items(), batch, ahead));
        }
        this.source = source;
        this.shuffle = shuffle;
        this.batch = batch;
        this.ahead = ahead;
        this.loading = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("data-loader").daemon().factory());
    }

    public long batchesPerPass() {
        return shuffle.items() / batch;
    }

    /** Batches taken so far. */
    public long position() {
        return position;
    }

    /** Continues after so many batches. */
    public void seek(long batches) {
        ready.forEach(future -> future.cancel(false));
        ready.clear();
        position = batches;
    }

    /** The next batch. */
    public B next() throws IOException, InterruptedException {
        while (ready.size() <= ahead) {
            long number = position + ready.size();
            int[] items = itemsOf(number);
            ready.add(loading.submit(() -> source.load(number, items)));
        }
        try {
            B loaded = ready.element().get();
            ready.remove();
            position++;
            return loaded;
        } catch (ExecutionException e) {
            switch (Objects.requireNonNullElse(e.getCause(), e)) {
                case IOException failed -> throw failed;
                case RuntimeException failed -> throw failed;
                default -> throw new IllegalStateException(e);
            }
        }
    }

    private int[] itemsOf(long number) {
        long wanted = number / batchesPerPass();
        if (wanted != pass) {
            pass = wanted;
            order = shuffle.order(pass);
        }
        int from = (int) (number % batchesPerPass()) * batch;
        return Arrays.copyOfRange(order, from, from + batch);
    }

    @Override
    public void close() {
        loading.shutdownNow();
    }
}
