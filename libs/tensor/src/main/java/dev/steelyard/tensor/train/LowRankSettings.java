package dev.steelyard.tensor.train;

/**
 * How {@link GradNormLoRP} works.
 *
 * @param rank r of the projected gradient, 1 or more; matrices of no larger side are not projected
 * @param refresh T: steps between two choices of the subspace, 1 or more
 * @param scale α: multiplies what is projected back, above 0
 * @param normalize whether row norms are trained apart from directions; false is GaLore
 * @param halfProjector whether projectors are kept in bfloat16
 * @param randomized whether singular vectors come from random test vectors instead of the whole decomposition
 * @param stateBits 8 or 32
 * @param carried what becomes of the moments when the subspace changes
 * @param moments decay rates and ε, no look-ahead
 * @param weightDecay decoupled, 0 or more
 */
public record LowRankSettings(
        int rank,
        int refresh,
        double scale,
        boolean normalize,
        boolean halfProjector,
        boolean randomized,
        int stateBits,
        Carried carried,
        AdamMoments moments,
        double weightDecay) {

    /** What becomes of moments when the subspace changes. */
    public enum Carried {
        /** They stay as they are. */
        KEEP,
        /** They begin again at 0. */
        RESET,
        /** First moments are projected into the new subspace, second ones stay. */
        ROTATE
    }

    public LowRankSettings {
        if (rank < 1 || refresh < 1 || !(scale > 0) || !(weightDecay >= 0) || (stateBits != 8 && stateBits != 32)) {
            throw new IllegalArgumentException(
                    "expected rank, refresh and scale above 0, a weight decay of 0 or more and 8 or 32 bits, found %d, %d, %s, %s, %d"
                            .formatted(rank, refresh, scale, weightDecay, stateBits));
        }
        if (moments.nesterov()) {
            throw new IllegalArgumentException("expected no look-ahead");
        }
    }

    /** √(1−β₂ᵗ) / (1−β₁ᵗ). */
    double correction(long step) {
        return Math.sqrt(1 - Math.pow(moments.beta2(), (double) step)) / (1 - Math.pow(moments.beta1(), (double) step));
    }
}
