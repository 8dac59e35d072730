package dev.steelyard.incremental.lift;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.linalg.LargestEntries;
import dev.steelyard.tensor.linalg.LowRankApproximation;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Chooses the entries of a weight W to train. For {@link Selection#LIFT}: W = UΣVᵀ in single precision, W' = the leading r
 * terms, and of W' the k entries that are largest in magnitude. What is drawn by lot depends on the seed, the weight's
 * name and the step alone.
 *
 * @param rank r, the rank of W'
 */
record PrincipalWeights(Torch engine, long seed, Selection selection, long rank, Budget budget) {
    /** Up to here, in rows or columns, the decomposition is LAPACK's; a larger one would take minutes. */
    static final long LARGEST_EXACT = 2048;

    /**
     * Indices of the chosen entries, ascending, row after row; {@link Budget#entries} of them.
     *
     * @param w [m, n]
     * @param gradients of the loss, by name; for {@link Selection#GRADIENT} only
     * @param step steps done
     */
    int[] of(String name, Tensor w, Map<String, Tensor> gradients, long step) {
        long k = budget.entries(w.size(0), w.size(1));
        try (var _ = TensorScope.open();
                var random = new RandomTensors(engine, seedOf(name, step))) {
            return switch (selection) {
                case LIFT -> LargestEntries.of(reduced(w, random), k);
                case SMALLEST -> LargestEntries.smallest(reduced(w, random), k);
                case MAGNITUDE -> LargestEntries.of(w, k);
                case RANDOM -> LargestEntries.of(random.uniform(1, w.size(0), w.size(1)), k);
                case GRADIENT -> LargestEntries.of(gradient(name, gradients), k);
            };
        }
    }

    private Tensor reduced(Tensor w, RandomTensors random) {
        return Math.min(w.size(0), w.size(1)) <= LARGEST_EXACT
                ? LowRankApproximation.exact(w, rank)
                : LowRankApproximation.randomized(w, rank, random);
    }

    private static Tensor gradient(String name, Map<String, Tensor> gradients) {
        Tensor gradient = gradients.get(name);
        if (gradient == null) {
            throw new IllegalStateException("no gradient of " + name);
        }
        return gradient;
    }

    private long seedOf(String name, long step) {
        return (seed * 0x9E3779B97F4A7C15L + name.hashCode()) * 0x9E3779B97F4A7C15L + step;
    }
}
