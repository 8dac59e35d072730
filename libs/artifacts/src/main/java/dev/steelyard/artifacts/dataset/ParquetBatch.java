package dev.steelyard.artifacts.dataset;

import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.LayerKind;
import dev.hardwood.reader.Validity;
import dev.steelyard.artifacts.ArtifactException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Some rows of one column.
 *
 * @param file its name in messages
 * @param first number of the first row in the file
 * @param count of rows
 */
record ParquetBatch(ColumnReader column, String file, long first, int count) {
    private static final char REPLACEMENT = '\uFFFD';

    /** What a row is called in messages. */
    String where(int row) {
        return "row " + (first + row);
    }

    /** Refuses rows that are null, or whose value is. */
    void requireValues() throws ArtifactException {
        for (int layer = 0; layer < column.getLayerCount(); layer++) {
            requireNone(column.getLayerValidity(layer), count);
        }
        if (isList()) {
            int leaf = firstNull(column.getLeafValidity(), column.getValueCount());
            if (leaf >= 0) {
                int row = rowOf(leaf);
                throw refuse(row, "feature %d: null".formatted(leaf - offsets()[row]));
            }
        } else {
            requireNone(column.getLeafValidity(), count);
        }
    }

    private void requireNone(Validity validity, int items) throws ArtifactException {
        int row = firstNull(validity, items);
        if (row >= 0) {
            throw refuse(row, "null");
        }
    }

    private static int firstNull(Validity validity, int items) {
        for (int i = 0; validity.hasNulls() && i < items; i++) {
            if (validity.isNull(i)) {
                return i;
            }
        }
        return -1;
    }

    private boolean isList() {
        int layers = column.getLayerCount();
        return layers > 0 && column.getLayerKind(layers - 1) == LayerKind.REPEATED;
    }

    private int rowOf(int leaf) {
        int found = Arrays.binarySearch(offsets(), leaf);
        int row = found < 0 ? -found - 2 : found;
        while (offsets()[row + 1] == leaf) { // lists without elements
            row++;
        }
        return row;
    }

    /** Where the elements of each row's list begin, and where the last one's end. */
    int[] offsets() {
        return column.getLayerOffsets(column.getLayerCount() - 1);
    }

    /** The elements of all lists. */
    double[] numbers() {
        if (column.getColumnSchema().type() == PhysicalType.DOUBLE) {
            return column.getDoubles();
        }
        float[] singles = column.getFloats();
        double[] wide = new double[singles.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = singles[i];
        }
        return wide;
    }

    /** The column as text. Only rows with what stands for bytes that are none, or was there, are decoded once more. */
    String[] texts() throws ArtifactException {
        String[] texts = column.getStrings();
        byte[][] bytes = {};
        for (int row = 0; row < count; row++) {
            if (texts[row].indexOf(REPLACEMENT) >= 0) {
                bytes = bytes.length == 0 ? column.getBinaries() : bytes;
                requireUtf8(row, bytes[row]);
            }
        }
        return texts;
    }

    private void requireUtf8(int row, byte[] text) throws ArtifactException {
        try {
            var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw refuse(row, "is not UTF-8");
        }
    }

    /** Adds the column as labels. */
    void labels(LabelColumn into) throws ArtifactException {
        switch (column.getColumnSchema().type()) {
            case INT32 -> {
                int[] ids = column.getInts();
                for (int row = 0; row < count; row++) {
                    into.add(file, where(row), ids[row]);
                }
            }
            case INT64 -> {
                long[] ids = column.getLongs();
                for (int row = 0; row < count; row++) {
                    into.add(file, where(row), ids[row]);
                }
            }
            default -> {
                String[] names = texts();
                for (int row = 0; row < count; row++) {
                    into.add(file, where(row), names[row]);
                }
            }
        }
    }

    /** The column as ids. */
    String[] ids() throws ArtifactException {
        return switch (column.getColumnSchema().type()) {
            case INT32 ->
                Arrays.stream(column.getInts(), 0, count)
                        .mapToObj(Integer::toString)
                        .toArray(String[]::new);
            case INT64 ->
                Arrays.stream(column.getLongs(), 0, count)
                        .mapToObj(Long::toString)
                        .toArray(String[]::new);
            default -> texts();
        };
    }

    ArtifactException refuse(int row, String why) {
        return new ArtifactException(
                file,
                null,
                "%s: column %s: %s"
                        .formatted(where(row), column.getColumnSchema().fieldPath(), why));
    }
}
