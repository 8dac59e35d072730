package dev.steelyard.incremental.pretrainlm;

import java.util.Arrays;

/**
 * Interpolated Kneser-Ney over tokens, one discount for each order (Kneser and Ney, 1995; as in Chen and Goodman, 1999,
 * section 2.7): the strongest of the simple models that look at the last tokens alone. Orders up to 3, tokens below
 * 65,536.
 *
 * <pre>
 * p_k(w | h) = max(c(hw) − D_k, 0)/c(h·) + D_k·N(h·)/c(h·) · p_{k−1}(w | h')     D_k = n₁/(n₁ + 2n₂)
 * </pre>
 *
 * c counts occurrences in the highest order, distinct left neighbours below; N distinct continuations; h' is h without its
 * first token, p_0 uniform.
 */
final class KneserNey {
    private static final int BITS = 16;

    private final int vocabulary;
    private final Order[] orders; // orders[k − 1] counts k tokens

    /** n-grams in ascending order, packed; the history in the upper bits. */
    private record Order(long[] grams, long[] before, double discount) {

        /** @param sorted one entry for each time a gram counts */
        private static Order of(long[] sorted) {
            long[] grams = new long[sorted.length];
            long[] before = new long[sorted.length + 1];
            int distinct = 0;
            int ones = 0;
            int twos = 0;
            for (int from = 0, to; from < sorted.length; from = to) {
                to = from;
                while (to < sorted.length && sorted[to] == sorted[from]) {
                    to++;
                }
                grams[distinct] = sorted[from];
                before[distinct + 1] = to;
                distinct++;
                ones += to - from == 1 ? 1 : 0;
                twos += to - from == 2 ? 1 : 0;
            }
            return new Order(
                    Arrays.copyOf(grams, distinct),
                    Arrays.copyOf(before, distinct + 1),
                    ones == 0 ? 0 : ones / (ones + 2.0 * twos));
        }

        private double probability(long history, int token, double lower) {
            int from = place(history << BITS);
            int to = place((history + 1) << BITS);
            long total = before[to] - before[from];
            if (total == 0) {
                return lower;
            }
            int at = Arrays.binarySearch(grams, from, to, (history << BITS) | token);
            double count = at < 0 ? 0 : before[at + 1] - before[at];
            return (Math.max(count - discount, 0) + discount * (to - from) * lower) / total;
        }

        /** The first gram at or after a key. */
        private int place(long key) {
            int at = Arrays.binarySearch(grams, key);
            return at < 0 ? -at - 1 : at;
        }
    }

    /** @param order tokens that are looked at, with the one foretold, 1 to 3 */
    KneserNey(int[] stream, int vocabulary, int order) {
        this.vocabulary = vocabulary;
        orders = new Order[order];
        long[] counted = new long[Math.max(0, stream.length - order + 1)];
        for (int i = 0; i < counted.length; i++) {
            counted[i] = pack(stream, i, order);
        }
        for (int k = order; k >= 1; k--) {
            Arrays.sort(counted);
            orders[k - 1] = Order.of(counted);
            long mask = (1L << (BITS * (k - 1))) - 1;
            counted =
                    Arrays.stream(orders[k - 1].grams).map(gram -> gram & mask).toArray();
        }
    }

    private static long pack(int[] stream, int from, int count) {
        long packed = 0;
        for (int i = from; i < from + count; i++) {
            packed = (packed << BITS) | stream[i];
        }
        return packed;
    }

    /** p(stream[at] | what stands before it). */
    double probability(int[] stream, int at) {
        double p = 1.0 / vocabulary;
        for (int k = 1; k <= Math.min(orders.length, at + 1); k++) {
            p = orders[k - 1].probability(pack(stream, at - k + 1, k - 1), stream[at], p);
        }
        return p;
    }

    /** Mean of −ln p over all tokens but the first. */
    double loss(int[] stream) {
        double sum = 0;
        for (int i = 1; i < stream.length; i++) {
            sum -= Math.log(probability(stream, i));
        }
        return sum / (stream.length - 1);
    }
}
