package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;

/** Refuses numbers that are not finite, by file and row. */
final class FiniteRows {
    private FiniteRows() {}

    static void require(Matrix matrix, String file) throws ArtifactException {
        for (int row = 0; row < matrix.rows(); row++) {
            for (int column = 0; column < matrix.columns(); column++) {
                double value = matrix.get(row, column);
                if (!Double.isFinite(value)) {
                    throw new ArtifactException(
                            file, null, "row %d, column %d: %s is not a finite number".formatted(row, column, value));
                }
            }
        }
    }
}
