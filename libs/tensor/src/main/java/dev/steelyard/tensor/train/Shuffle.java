package dev.steelyard.tensor.train;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A new order of the same items in each pass over them. The order of a pass depends on the seed and the pass alone, so
 * that a run continues anywhere without replaying what came before.
 */
public final class Shuffle {
    private static final RandomGeneratorFactory<RandomGenerator> RANDOM = RandomGeneratorFactory.of("L64X128MixRandom");
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final int items;
    private final long seed;

    /** @param items 1 or more */
    public Shuffle(int items, long seed) {
        if (items < 1) {
            throw new IllegalArgumentException("items: expected 1 or more, found " + items);
        }
        this.items = items;
        this.seed = seed;
    }

    public int items() {
        return items;
    }

    /**
     * All items, each once.
     *
     * @param pass from 0
     */
    public int[] order(long pass) {
        return drawn(items, RANDOM.create(seed ^ (pass + 1) * GOLDEN));
    }

    /** 0 to {@code items} − 1 in an order drawn at random. */
    public static int[] drawn(int items, RandomGenerator random) {
        int[] order = new int[items];
        for (int i = 0; i < items; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
