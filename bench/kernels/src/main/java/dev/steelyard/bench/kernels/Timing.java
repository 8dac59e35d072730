package dev.steelyard.bench.kernels;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Times of one kind of product, a figure for each pass over its matrices. */
public final class Timing {
    private final String name;
    private final long bytes;
    private final List<Double> millis = new ArrayList<>();

    /** @param bytes one product reads */
    Timing(String name, long bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    void add(double millisOfOne) {
        millis.add(millisOfOne);
    }

    public String name() {
        return name;
    }

    /** The best pass's mean time of one product, ms: what else the machine does only makes a pass slower. */
    public double best() {
        return Collections.min(millis);
    }

    /** Bytes read in a second, in 10⁹. */
    public double gigabytesPerSecond() {
        return bytes / best() / 1e6;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%-34s %8.3f ms %7.1f GB/s", name, best(), gigabytesPerSecond());
    }
}
