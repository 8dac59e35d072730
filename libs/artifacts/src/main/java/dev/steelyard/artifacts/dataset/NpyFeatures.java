package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * NumPy arrays: {@code features.npy} or {@code X.npy} [n, d], with {@code labels.npy} or {@code y.npy} [n]. The name of a
 * part may stand after theirs, too: {@code X_test.npy}.
 */
final class NpyFeatures {
    private static final String PART = "([-_.](" + PartFolders.NAME + "))?\\.npy";
    static final String FEATURES = "(features|x)" + PART;
    private static final String LABELS = "(labels|y)" + PART;

    private NpyFeatures() {}

    /** The names that say at their end which part they are of. */
    static String of(String part) {
        return "(features|x|labels|y)[-_.]" + part + "\\.npy";
    }

    static FeatureSet read(PartFolder part, Path file) throws IOException {
        requireNoOther(part);
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

    private static void requireNoOther(PartFolder part) throws ArtifactException {
        for (Path file : part.files(".*\\.npy")) {
            if (!part.fits(file, FEATURES) && !part.fits(file, LABELS)) {
                throw part.refuse(file, "is neither the features nor the labels of a part by its name");
            }
        }
    }

    private static Labels labels(PartFolder part, Path file, int rows) throws IOException {
        NpyFile array = NpyFile.read(part, file);
        if (array.shape().length != 1 || array.shape()[0] != rows) {
            String shape =
                    Arrays.stream(array.shape()).mapToObj(String::valueOf).collect(Collectors.joining(", "));
            throw part.refuse(file, "has labels of shape [%s] for %d rows, expected [%d]".formatted(shape, rows, rows));
        }
        LabelColumn labels = part.labels();
        for (int row = 0; row < rows; row++) {
            labels.add(part.name(file), "row " + row, label(part, file, array, row));
        }
        return labels.labels();
    }

    private static long label(PartFolder part, Path file, NpyFile array, int row) throws ArtifactException {
        ByteBuffer values = array.values();
        return switch (array.type()) {
            case "u1" -> Byte.toUnsignedLong(values.get(row));
            case "u2" -> Short.toUnsignedLong(values.getShort(2 * row));
            case "u4" -> Integer.toUnsignedLong(values.getInt(4 * row));
            case "i1" -> values.get(row);
            case "i2" -> values.getShort(2 * row);
            case "i4" -> values.getInt(4 * row);
            case "i8" -> values.getLong(8 * row);
            case "u8" -> {
                long label = values.getLong(8 * row);
                if (label < 0) {
                    String shown = Long.toUnsignedString(label);
                    throw part.refuse(file, "row %d: label %s is more than %d".formatted(row, shown, Long.MAX_VALUE));
                }
                yield label;
            }
            default -> throw part.refuse(file, "holds " + array.type() + ", expected whole numbers");
        };
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
