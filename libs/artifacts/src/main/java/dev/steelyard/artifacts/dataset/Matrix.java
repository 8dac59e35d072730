package dev.steelyard.artifacts.dataset;

import java.util.Arrays;

/** Rows of numbers in memory, 4 or 8 bytes each as they came. */
public final class Matrix {
    /** Most numbers in one matrix. */
    public static final long MAX_VALUES = 1L << 29;

    private final int rows;
    private final int columns;
    private final float[] singles;
    private final double[] doubles;

    private Matrix(int rows, int columns, float[] singles, double[] doubles) {
        long values = (long) rows * columns;
        if (rows < 1 || columns < 1 || values > MAX_VALUES || values != singles.length + (long) doubles.length) {
            throw new IllegalArgumentException(
                    "%d × %d: %d values".formatted(rows, columns, singles.length + (long) doubles.length));
        }
        this.rows = rows;
        this.columns = columns;
        this.singles = singles;
        this.doubles = doubles;
    }

    /** @param values row after row, not copied */
    public static Matrix of(int rows, int columns, float[] values) {
        return new Matrix(rows, columns, values, new double[0]);
    }

    /** @param values row after row, not copied */
    public static Matrix of(int rows, int columns, double[] values) {
        return new Matrix(rows, columns, new float[0], values);
    }

    public int rows() {
        return rows;
    }

    /** Numbers in it. */
    public long values() {
        return (long) rows * columns;
    }

    public int columns() {
        return columns;
    }

    /** Whether the numbers are doubles. */
    public boolean isDouble() {
        return doubles.length > 0;
    }

    public double get(int row, int column) {
        int at = row * columns + column;
        return isDouble() ? doubles[at] : singles[at];
    }

    /** Writes a row to {@code target} from {@code at} on. */
    public void copyRow(int row, double[] target, int at) {
        int from = row * columns;
        if (isDouble()) {
            System.arraycopy(doubles, from, target, at, columns);
            return;
        }
        for (int i = 0; i < columns; i++) {
            target[at + i] = singles[from + i];
        }
    }

    /** Some rows, one after another, doubles rounded. */
    public float[] floats(int[] chosen) {
        float[] values = new float[chosen.length * columns];
        for (int i = 0; i < chosen.length; i++) {
            if (isDouble()) {
                for (int column = 0; column < columns; column++) {
                    values[i * columns + column] = (float) doubles[chosen[i] * columns + column];
                }
            } else {
                System.arraycopy(singles, chosen[i] * columns, values, i * columns, columns);
            }
        }
        return values;
    }

    /** Some rows, a copy. */
    public Matrix subset(int[] chosen) {
        float[] floats = new float[isDouble() ? 0 : chosen.length * columns];
        double[] wide = new double[isDouble() ? chosen.length * columns : 0];
        for (int i = 0; i < chosen.length; i++) {
            System.arraycopy(
                    isDouble() ? doubles : singles,
                    chosen[i] * columns,
                    isDouble() ? wide : floats,
                    i * columns,
                    columns);
        }
        return new Matrix(chosen.length, columns, floats, wide);
    }

    /** Rows of this and then of another of as many columns, {@link #MAX_VALUES} in all at the most. */
    public Matrix followedBy(Matrix other) {
        if (isDouble() || other.isDouble()) {
            double[] all = Arrays.copyOf(asDoubles(), (rows + other.rows) * columns);
            System.arraycopy(other.asDoubles(), 0, all, rows * columns, other.rows * columns);
            return of(rows + other.rows, columns, all);
        }
        float[] all = Arrays.copyOf(singles, (rows + other.rows) * columns);
        System.arraycopy(other.singles, 0, all, singles.length, other.singles.length);
        return of(rows + other.rows, columns, all);
    }

    private double[] asDoubles() {
        if (isDouble()) {
            return doubles;
        }
        double[] all = new double[rows * columns];
        for (int row = 0; row < rows; row++) {
            copyRow(row, all, row * columns);
        }
        return all;
    }
}
