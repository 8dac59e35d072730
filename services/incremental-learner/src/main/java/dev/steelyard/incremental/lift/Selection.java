package dev.steelyard.incremental.lift;

import java.util.Locale;

/** By what the entries to train are chosen. */
enum Selection {
    /** Largest magnitude after rank reduction: the paper's principal weights. */
    LIFT,
    /** Largest magnitude of the weight itself. */
    MAGNITUDE,
    /** Largest magnitude of the loss's gradient. */
    GRADIENT,
    /** By lot. */
    RANDOM,
    /** Smallest magnitude after rank reduction: what the authors' released code selects by mistake. */
    SMALLEST;

    static Selection of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }

    /** Whether weights are reduced in rank. */
    boolean reducesRank() {
        return this == LIFT || this == SMALLEST;
    }
}
