package dev.steelyard.tensor;

import java.util.stream.IntStream;
import org.bytedeco.pytorch.global.torch;

/** Shares work on things that know nothing of each other out among as many threads as libtorch may use. */
public final class Shares {
    /** Floats below which other threads cost more than they help. */
    private static final long LEAST_PARALLEL = 1 << 15;

    private Shares() {}

    /** Work on some of the things. */
    public interface Part {

        /** @param to not included */
        void run(int from, int to);
    }

    /**
     * Runs all of it and returns when it is done.
     *
     * @param count of the things, each of which one thread gets, in runs
     * @param floats that are worked on in all; few are left to the calling thread
     */
    public static void of(int count, long floats, Part part) {
        int parts = floats < LEAST_PARALLEL ? 1 : Math.min(count, torch.get_num_threads());
        if (parts <= 1) {
            part.run(0, count);
        } else {
            IntStream.range(0, parts)
                    .parallel()
                    .forEach(i -> part.run((int) ((long) count * i / parts), (int) ((long) count * (i + 1) / parts)));
        }
    }
}
