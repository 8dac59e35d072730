package dev.steelyard.incremental.language;

import java.util.Arrays;

/**
 * Tokens of one training example.
 *
 * @param ids two or more
 * @param first the loss is taken on the tokens from this index on, 1 to the last
 */
public record TokenSequence(int[] ids, int first) {

    public TokenSequence {
        if (ids.length < 2 || first < 1 || first >= ids.length) {
            throw new IllegalArgumentException(
                    "expected tokens to learn after a first one, found %d from %d".formatted(ids.length, first));
        }
    }

    /** Tokens that the loss is taken on. */
    public int learned() {
        return ids.length - first;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenSequence(int[] its, int start) && Arrays.equals(ids, its) && first == start;
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(ids) + first;
    }

    @Override
    public String toString() {
        return Arrays.toString(ids) + " from " + first;
    }
}
