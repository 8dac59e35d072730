package dev.steelyard.incremental.wad;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Random numbers that depend on the job's seed and a place in the run alone, so that a run continues anywhere. */
final class SeededRandom {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private SeededRandom() {}

    /**
     * A stream of its own for a place.
     *
     * @param what they are for
     * @param place such as round and image
     */
    static RandomGenerator at(long seed, String what, long... place) {
        long mixed = mixed(seed + GOLDEN * what.hashCode());
        for (long key : place) {
            mixed = mixed(mixed + GOLDEN * (key + 1));
        }
        return new SplittableRandom(mixed);
    }

    /** The finalizer of MurmurHash3, a bijection. */
    private static long mixed(long bits) {
        long z = (bits ^ bits >>> 33) * 0xFF51AFD7ED558CCDL;
        z = (z ^ z >>> 33) * 0xC4CEB9FE1A85EC53L;
        return z ^ z >>> 33;
    }
}
