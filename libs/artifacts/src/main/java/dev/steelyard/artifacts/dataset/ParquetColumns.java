package dev.steelyard.artifacts.dataset;

import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.metadata.LogicalType;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.schema.ColumnProjection;
import dev.hardwood.schema.ColumnSchema;
import dev.hardwood.schema.FileSchema;
import dev.steelyard.artifacts.ArtifactException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which columns of a Parquet file make the data set.
 *
 * @param kind what the rows are
 * @param value the column of the images' bytes, the texts or the numbers of the vectors
 * @param label whole numbers or text
 * @param id of an image, whole numbers or text
 */
record ParquetColumns(Kind kind, ColumnSchema value, Optional<ColumnSchema> label, Optional<ColumnSchema> id) {
    private static final Set<CompressionCodec> CODECS = EnumSet.of(
            CompressionCodec.UNCOMPRESSED, CompressionCodec.SNAPPY, CompressionCodec.GZIP, CompressionCodec.ZSTD);
    private static final String BYTES = "bytes";
    private static final String LABEL = "label";
    private static final String ID = "id";

    /** What a row may be. */
    enum Kind {
        IMAGE("image", "img"),
        TEXT("text"),
        FEATURES("features");

        private final String name;
        private final String shortName;

        Kind(String name) {
            this(name, name);
        }

        Kind(String name, String shortName) {
            this.name = name;
            this.shortName = shortName;
        }

        /** The name that the column should have. */
        String label() {
            return name;
        }

        private boolean names(ColumnSchema column) {
            String top = column.fieldPath().topLevelName();
            return top.equals(name) || top.equals(shortName);
        }
    }

    /** @throws ArtifactException naming file and column: no known column, or one of another type or codec */
    static ParquetColumns of(ParquetFileReader file, String name) throws ArtifactException {
        FileSchema schema = file.getFileSchema();
        for (Kind kind : Kind.values()) {
            List<ColumnSchema> found =
                    schema.getColumns().stream().filter(kind::names).toList();
            if (!found.isEmpty()) {
                var columns = new ParquetColumns(
                        kind,
                        value(kind, found, name),
                        label(schema, name),
                        column(schema, ID).filter(id -> kind == Kind.IMAGE && isName(id)));
                columns.requireCodecs(file.getFileMetaData().rowGroups(), name);
                return columns;
            }
        }
        throw new ArtifactException(
                name,
                null,
                "has no column image, text or features; its columns are "
                        + String.join(
                                ", ",
                                schema.getColumns().stream()
                                        .map(column -> column.fieldPath().topLevelName())
                                        .distinct()
                                        .toList()));
    }

    private static ColumnSchema value(Kind kind, List<ColumnSchema> leaves, String name) throws ArtifactException {
        ColumnSchema leaf = switch (kind) {
            case IMAGE ->
                leaves.size() == 1
                        ? leaves.getFirst()
                        : leaves.stream()
                                .filter(column -> column.fieldPath().leafName().equals(BYTES))
                                .findFirst()
                                .orElseThrow(() -> refuse(name, kind.label(), "has no field " + BYTES));
            case TEXT, FEATURES -> leaves.getFirst();
        };
        boolean single = leaf.maxRepetitionLevel() == 0;
        boolean fits = switch (kind) {
            case IMAGE ->
                single
                        && leaf.type() == PhysicalType.BYTE_ARRAY
                        && leaf.logicalType() == null
                        && leaf.fieldPath().elements().size() <= 2;
            case TEXT -> single && leaves.size() == 1 && isText(leaf);
            case FEATURES ->
                leaf.maxRepetitionLevel() == 1
                        && leaves.size() == 1
                        && leaf.logicalType() == null
                        && leaf.fieldPath().elements().size() <= 3
                        && (leaf.type() == PhysicalType.FLOAT || leaf.type() == PhysicalType.DOUBLE);
        };
        if (!fits) {
            throw refuse(name, kind.label(), "is " + describe(leaf) + ", expected " + expected(kind));
        }
        return leaf;
    }

    private static String expected(Kind kind) {
        return switch (kind) {
            case IMAGE -> "bytes, or a struct with the field bytes";
            case TEXT -> "text";
            case FEATURES -> "a list of float or double";
        };
    }

    private static Optional<ColumnSchema> label(FileSchema schema, String name) throws ArtifactException {
        Optional<ColumnSchema> label = column(schema, LABEL);
        if (label.isPresent() && !isName(label.get())) {
            throw refuse(name, LABEL, "is " + describe(label.get()) + ", expected whole numbers or text");
        }
        return label;
    }

    private static Optional<ColumnSchema> column(FileSchema schema, String called) {
        return schema.getColumns().stream()
                .filter(column -> column.fieldPath().topLevelName().equals(called))
                .findFirst();
    }

    private static boolean isName(ColumnSchema column) {
        boolean whole = (column.type() == PhysicalType.INT32 || column.type() == PhysicalType.INT64)
                && (column.logicalType() == null || column.logicalType() instanceof LogicalType.IntType);
        return column.fieldPath().elements().size() == 1
                && column.maxRepetitionLevel() == 0
                && (whole || isText(column));
    }

    private static boolean isText(ColumnSchema column) {
        return column.type() == PhysicalType.BYTE_ARRAY
                && column.fieldPath().elements().size() == 1
                && column.logicalType() instanceof LogicalType.StringType;
    }

    private void requireCodecs(List<RowGroup> groups, String name) throws ArtifactException {
        for (RowGroup group : groups) {
            for (ColumnChunk chunk : group.columns()) {
                var path = chunk.metaData().pathInSchema();
                boolean read = columns().anyMatch(column -> path.equals(column.fieldPath()));
                if (read && !CODECS.contains(chunk.metaData().codec())) {
                    throw refuse(
                            name,
                            path.toString(),
                            "is compressed with %s; UNCOMPRESSED, SNAPPY, GZIP and ZSTD are read"
                                    .formatted(chunk.metaData().codec()));
                }
            }
        }
    }

    /** The columns to read, and no other. */
    ColumnProjection projection() {
        return ColumnProjection.columns(
                columns().map(column -> column.fieldPath().toString()).toArray(String[]::new));
    }

    private Stream<ColumnSchema> columns() {
        return Stream.of(Optional.of(value), label, id).flatMap(Optional::stream);
    }

    private static String describe(ColumnSchema column) {
        String type = column.logicalType() == null
                ? column.type().toString()
                : column.logicalType().toString();
        return "a list of ".repeat(column.maxRepetitionLevel()) + type;
    }

    private static ArtifactException refuse(String file, String column, String why) {
        return new ArtifactException(file, null, "column %s %s".formatted(column, why));
    }
}
