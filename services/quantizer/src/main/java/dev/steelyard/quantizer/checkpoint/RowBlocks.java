package dev.steelyard.quantizer.checkpoint;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs work on blocks of consecutive rows on the job's threads. How a matrix is cut does not depend on the number of
 * threads, and results come in the order of the rows, so that sums over them do not either.
 */
final class RowBlocks implements AutoCloseable {
    private static final long BLOCK_BYTES = 1 << 20;

    /** Blocks begin at multiples of this, so that zero points of one word stay together. */
    private static final int MULTIPLE = 8;

    private final JobContext job;
    private final ExecutorService threads;

    RowBlocks(JobContext job) {
        this.job = job;
        threads = Executors.newFixedThreadPool(
                job.threads(),
                Thread.ofPlatform().name("rows-" + job.jobId() + "-", 0).factory());
    }

    /** Work on rows {@code from} to {@code to - 1}. */
    @FunctionalInterface
    interface Work<T> {
        T run(int from, int to) throws MethodException, IOException;
    }

    /** Results of all blocks, in the order of the rows. */
    <T> List<T> run(Matrix matrix, Work<T> work) throws MethodException, IOException, InterruptedException {
        int rows = matrix.rows();
        int step = Math.clamp(BLOCK_BYTES / matrix.rowBytes() / MULTIPLE * MULTIPLE, MULTIPLE, 1 << 20);
        List<Future<T>> futures = new ArrayList<>();
        for (int from = 0; from < rows; from += step) {
            int first = from;
            int end = Math.min(rows, from + step);
            futures.add(threads.submit(() -> {
                job.checkCancelled();
                return work.run(first, end);
            }));
        }
        List<T> results = new ArrayList<>(futures.size());
        try {
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw unwrap(Objects.requireNonNull(e.getCause()));
        } finally {
            futures.forEach(f -> f.cancel(true));
        }
    }

    private static RuntimeException unwrap(Throwable cause) throws MethodException, IOException, InterruptedException {
        switch (cause) {
            case MethodException e -> throw e;
            case IOException e -> throw e;
            case InterruptedException e -> throw e;
            case Error e -> throw e;
            case RuntimeException e -> throw e;
            default -> throw new IllegalStateException(cause);
        }
    }

    /** Waits for what still runs, so that nobody touches a mapping that is closed next. */
    @Override
    public void close() {
        threads.close();
    }
}
