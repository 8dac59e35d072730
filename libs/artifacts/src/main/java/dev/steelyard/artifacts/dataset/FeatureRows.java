package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.util.Arrays;

/** Puts single feature vectors of one length together; floats, or doubles if they come as such. */
final class FeatureRows {
    private boolean wide;
    private float[] singles = {};
    private double[] doubles = {};
    private int width;
    private int count;

    /**
     * Adds a vector.
     *
     * @param where the row, for messages: "row 17"
     * @param values from {@code from} to {@code to}
     */
    void add(String file, String where, double[] values, int from, int to) throws ArtifactException {
        int length = to - from;
        if (length == 0 || (count > 0 && length != width)) {
            throw refuse(
                    file,
                    where,
                    count == 0
                            ? "features: expected a list of numbers"
                            : "has %d features, rows before it have %d".formatted(length, width));
        }
        width = length;
        int at = makeRoom(file, where);
        for (int i = 0; i < length; i++) {
            double value = wide ? values[from + i] : (float) values[from + i];
            if (!Double.isFinite(value)) {
                throw refuse(file, where, "feature %d: %s is not a finite number".formatted(i, values[from + i]));
            }
            if (wide) {
                doubles[at + i] = value;
            } else {
                singles[at + i] = (float) value;
            }
        }
        count++;
    }

    /** Keeps doubles from here on; floats that are there become such. */
    void widen() {
        if (!wide) {
            wide = true;
            doubles = new double[singles.length];
            for (int i = 0; i < singles.length; i++) {
                doubles[i] = singles[i];
            }
            singles = new float[0];
        }
    }

    private int makeRoom(String file, String where) throws ArtifactException {
        long needed = (long) (count + 1) * width;
        if (needed > Matrix.MAX_VALUES) {
            throw refuse(file, where, "more than %d values".formatted(Matrix.MAX_VALUES));
        }
        int room = (int) Math.min(Matrix.MAX_VALUES, Math.max(needed, 2L * (singles.length + doubles.length)));
        if (wide && needed > doubles.length) {
            doubles = Arrays.copyOf(doubles, room);
        } else if (!wide && needed > singles.length) {
            singles = Arrays.copyOf(singles, room);
        }
        return count * width;
    }

    private static ArtifactException refuse(String file, String where, String why) {
        return new ArtifactException(file, null, where + ": " + why);
    }

    int count() {
        return count;
    }

    /** @throws IllegalArgumentException when there is no row */
    Matrix matrix() {
        int values = count * width;
        return wide
                ? Matrix.of(count, width, Arrays.copyOf(doubles, values))
                : Matrix.of(count, width, Arrays.copyOf(singles, values));
    }
}
