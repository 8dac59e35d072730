package dev.steelyard.incremental.lift;

/**
 * How many entries of a weight are trained: min((m + n)·ρ, m·n), as many as a low-rank adapter of rank ρ has parameters,
 * or a share of all.
 *
 * @param rank ρ, 1 or more; counts where {@code density} is 0
 * @param density share of a weight's entries, [0, 1]; 0: by rank
 */
record Budget(long rank, double density) {

    /**
     * Entries of a weight [m, n], 1 to m·n.
     *
     * @param m rows
     * @param n columns
     */
    long entries(long m, long n) {
        if (density > 0) {
            return Math.max(1, Math.min(m * n, Math.round(density * (double) (m * n))));
        }
        return Math.min((m + n) * rank, m * n);
    }
}
