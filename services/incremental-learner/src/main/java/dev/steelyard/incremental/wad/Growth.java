package dev.steelyard.incremental.wad;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Stage 4: how many images of the pool are labelled after a round, and which.
 *
 * @param alpha α, share of the pool at the start of the schedule
 * @param rounds S
 */
record Growth(double alpha, int rounds) {

    /** α_i = α(1 − i/S)² for rounds 1 to S, 0 after them. */
    double share(int round) {
        double left = Math.max(0, rounds - round);
        return rounds == 0 ? 0 : alpha * left * left / ((double) rounds * rounds);
    }

    /** ⌊α_i·|U|⌋. */
    int count(int round, int unlabelled) {
        if (rounds == 0) {
            return 0;
        }
        long left = Math.max(0, rounds - round);
        return BigDecimal.valueOf(alpha) // as it was written, so that 0.1·1000 is 100
                .multiply(BigDecimal.valueOf(left * left * unlabelled))
                .divideToIntegralValue(BigDecimal.valueOf((long) rounds * rounds))
                .intValueExact();
    }

    /**
     * The images with the smallest losses, by place; of equal ones those that come first.
     *
     * @param losses one for each image
     */
    static int[] smallest(int[] images, double[] losses, int count) {
        int[] order = IntStream.range(0, images.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> losses[i]))
                .mapToInt(Integer::intValue)
                .limit(count)
                .toArray();
        int[] chosen = Arrays.stream(order).map(i -> images[i]).toArray();
        Arrays.sort(chosen);
        return chosen;
    }
}
