package dev.steelyard.artifacts.dataset;

import java.io.IOException;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** NumPy arrays: {@code features.npy} or {@code X.npy} [n, d], with {@code labels.npy} or {@code y.npy} [n]. */
final class NpyFeatures {
    static final String FEATURES = "(features|x)\\.npy";
    private static final String LABELS = "(labels|y)\\.npy";

    private NpyFeatures() {}

    static FeatureSet read(PartFolder part, Path file) throws IOException {
        NpyFile array = NpyFile.read(part, file);
        if (array.shape().length != 2) {
            throw part.refuse(file, "has one dimension, expected [rows, features]");
        }
        Matrix values = switch (array.type()) {
            case "f4" -> Matrix.of(array.shape()[0], array.shape()[1], floats(array));
            case "f8" -> Matrix.of(array.shape()[0], array.shape()[1], doubles(array));
            default -> throw part.refuse(file, "holds " + array.type() + ", expected f4 or f8");
        };
        FiniteRows.require(values, part.name(file));
        Optional<Path> labels = part.one(LABELS);
        return new FeatureSet(
                values,
                labels.isEmpty() ? Optional.empty() : Optional.of(labels(part, labels.get(), values.rows())),
                Map.of());
    }

    private static Labels labels(PartFolder part, Path file, int rows) throws IOException {
        NpyFile array = NpyFile.read(part, file);
        if (array.shape().length != 1 || array.shape()[0] != rows) {
            throw part.refuse(file, "has %d labels for %d rows".formatted(array.shape()[0], rows));
        }
        LabelColumn labels = part.labels();
        for (int row = 0; row < rows; row++) {
            long label = switch (array.type()) {
                case "u1" -> Byte.toUnsignedLong(array.values().get(row));
                case "i1" -> array.values().get(row);
                case "i2" -> array.values().getShort(2 * row);
                case "i4" -> array.values().getInt(4 * row);
                case "i8" -> array.values().getLong(8 * row);
                default -> throw part.refuse(file, "holds " + array.type() + ", expected whole numbers");
            };
            labels.add(part.name(file), "row " + row, label);
        }
        return labels.labels();
    }

    private static float[] floats(NpyFile array) {
        FloatBuffer buffer = array.values().asFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static double[] doubles(NpyFile array) {
        DoubleBuffer buffer = array.values().asDoubleBuffer();
        double[] values = new double[buffer.remaining()];
        buffer.get(values);
        return values;
    }
}
