package dev.steelyard.bench.platform;

import java.util.Arrays;

/** Latencies of one run. */
final class Latencies {
    private final long[] sortedNanos;

    private Latencies(long[] sortedNanos) {
        this.sortedNanos = sortedNanos;
    }

    /**
     * Takes latencies in any order.
     *
     * @param nanos at least one
     */
    static Latencies of(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Latencies(sorted);
    }

    /** Milliseconds below which the given share (0 to 1) of the jobs ended; nearest rank. */
    double quantile(double share) {
        int rank = (int) Math.ceil(share * sortedNanos.length);
        return sortedNanos[Math.clamp(rank - 1, 0, sortedNanos.length - 1)] / 1e6;
    }
}
