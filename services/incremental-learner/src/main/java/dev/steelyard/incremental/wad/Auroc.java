package dev.steelyard.incremental.wad;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Area under the curve of true over false positives: how often a positive has the higher score, ties counted half. */
final class Auroc {
    private Auroc() {}

    /**
     * The area, [0, 1]; not a number without both kinds.
     *
     * @param scores finite
     * @param positive one for each score
     */
    static double of(double[] scores, boolean[] positive) {
        List<Integer> order = IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> scores[i]))
                .toList();
        double ranks = 0;
        long positives = 0;
        for (int from = 0; from < order.size(); ) {
            int to = from;
            while (to < order.size() && scores[order.get(to)] == scores[order.get(from)]) {
                to++;
            }
            for (int i = from; i < to; i++) {
                if (positive[order.get(i)]) {
                    ranks += (from + 1 + to) / 2.0; // the mean of ranks from + 1 to to
                    positives++;
                }
            }
            from = to;
        }
        long negatives = scores.length - positives;
        return positives == 0 || negatives == 0
                ? Double.NaN
                : (ranks - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
    }
}
