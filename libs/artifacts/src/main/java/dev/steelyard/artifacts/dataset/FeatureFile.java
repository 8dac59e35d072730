package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.SafetensorsFile;
import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code features.safetensors}: {@code features} [n, d] F32 or F64, and {@code labels} [n] I64 where there are any.
 * Names of labels that are text lie in {@code labels.json} beside it.
 */
public final class FeatureFile {
    /** What the file is called in a data set. */
    public static final String NAME = "features.safetensors";

    private static final String FEATURES = "features";
    private static final String LABELS = "labels";
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private FeatureFile() {}

    static FeatureSet read(PartFolder part, Path path) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            Matrix values = values(part, path, file);
            return new FeatureSet(values, labels(part, path, file, values.rows()), file.metadata());
        }
    }

    private static Matrix values(PartFolder part, Path path, SafetensorsFile file) throws IOException {
        TensorInfo info = file.tensor(FEATURES)
                .filter(found -> found.shape().size() == 2)
                .orElseThrow(() -> part.refuse(path, "has no tensor 'features' of two dimensions"));
        long rows = info.shape().get(0);
        long columns = info.shape().get(1);
        if (rows < 1 || columns < 1 || rows * columns > Matrix.MAX_VALUES) {
            throw part.refuse(
                    path, "features are %d × %d; 1 to %d values are read".formatted(rows, columns, Matrix.MAX_VALUES));
        }
        MemorySegment data = file.data(FEATURES);
        Matrix matrix = switch (info.dtype()) {
            case F32 -> Matrix.of((int) rows, (int) columns, data.toArray(FLOAT));
            case F64 -> Matrix.of((int) rows, (int) columns, data.toArray(DOUBLE));
            default -> throw part.refuse(path, "features are " + info.dtype() + ", expected F32 or F64");
        };
        FiniteRows.require(matrix, part.name(path));
        return matrix;
    }

    private static Optional<Labels> labels(PartFolder part, Path path, SafetensorsFile file, int rows)
            throws IOException {
        Optional<TensorInfo> info = file.tensor(LABELS);
        if (info.isEmpty()) {
            return Optional.empty();
        }
        if (info.get().dtype() != DType.I64 || !info.get().shape().equals(List.of((long) rows))) {
            throw part.refuse(
                    path,
                    "labels are %s %s, expected I64 [%d]"
                            .formatted(info.get().dtype(), info.get().shapeText(), rows));
        }
        LabelColumn labels = part.labels();
        long[] ids = file.data(LABELS).toArray(LONG);
        for (int row = 0; row < rows; row++) {
            labels.add(part.name(path), "row " + row, ids[row]);
        }
        return Optional.of(labels.labels());
    }

    /**
     * Writes a data set of features, and {@code labels.json} is left to the caller.
     *
     * @param folder where {@value #NAME} must not exist yet
     * @param values [n·d] row after row
     * @param labels n of them, or none
     * @param origin how the features were made
     */
    public static void write(Path folder, int columns, float[] values, long[] labels, Map<String, String> origin)
            throws IOException {
        int rows = values.length / columns;
        TensorInfo features = TensorInfo.of(FEATURES, DType.F32, rows, columns);
        TensorInfo column = TensorInfo.of(LABELS, DType.I64, rows);
        List<TensorInfo> tensors = labels.length == 0 ? List.of(features) : List.of(features, column);
        try (var writer = SafetensorsWriter.create(folder.resolve(NAME), tensors, origin)) {
            writer.write(FEATURES, 0, MemorySegment.ofArray(values));
            if (labels.length > 0) {
                writer.write(LABELS, 0, MemorySegment.ofArray(labels));
            }
            writer.finish();
        }
    }
}
