package dev.steelyard.artifacts.dataset;

import dev.hardwood.HardwoodContext;
import dev.hardwood.InputFile;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.ColumnReaders;
import dev.hardwood.reader.ParquetFileReader;
import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.dataset.ParquetColumns.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Apache Parquet: a column {@code image} (bytes of a PNG or JPEG file, or a struct with a field {@code bytes}, as in
 * Hugging Face's data sets; also {@code img}), {@code text} or {@code features} (a list of numbers), and with
 * {@code label} or without. Other columns are not read. Decoded a few rows at a time.
 */
final class ParquetFiles {
    static final String NAME = ".*\\.parquet";

    private static final int IMAGES_AT_ONCE = 64;
    private static final int ROWS_AT_ONCE = 1024;

    private final PartFolder part;
    private final ImageRows images = new ImageRows();
    private final TextRows texts = new TextRows();
    private final FeatureRows vectors = new FeatureRows();
    private @Nullable LabelColumn labels;
    private @Nullable ParquetColumns columns;
    private Optional<LabelMap> named = Optional.empty();
    private long rows;

    private ParquetFiles(PartFolder part) {
        this.part = part;
    }

    static Examples read(PartFolder part) throws IOException {
        ParquetFiles reading = new ParquetFiles(part);
        List<Path> files = part.files(NAME);
        try (HardwoodContext context = HardwoodContext.create(1)) {
            for (Path file : files) {
                reading.file(file, context);
            }
        }
        if (reading.rows == 0) {
            throw part.refuse(files.getFirst(), "has no rows");
        }
        return reading.examples();
    }

    private void file(Path path, HardwoodContext context) throws IOException {
        try (ParquetFileReader file = ParquetFileReader.open(InputFile.of(path), context)) {
            ParquetColumns found = ParquetColumns.of(file, part.name(path));
            expect(path, found, file.getFileMetaData().keyValueMetadata());
            rows(path, file, found);
        } catch (ArtifactException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw part.refuse(path, "cannot be read as Parquet: " + reason(e));
        } catch (OutOfMemoryError e) {
            throw part.refuse(path, "holds a page that is too large to be read");
        }
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** Holds a file to what files before it were. */
    private void expect(Path path, ParquetColumns found, Map<String, String> metadata) throws ArtifactException {
        if (found.value().type() == PhysicalType.DOUBLE) {
            vectors.widen();
        }
        Optional<LabelMap> names = ParquetFooter.classes(metadata);
        ParquetColumns before = columns;
        if (before == null) {
            columns = found;
            named = names;
            labels = part.labels(names);
            return;
        }
        if (found.kind() != before.kind()) {
            throw part.refuse(
                    path,
                    "has the column %s, files before it have %s"
                            .formatted(found.kind().label(), before.kind().label()));
        }
        if (found.label().isPresent() != before.label().isPresent()) {
            throw part.refuse(
                    path,
                    found.label().isPresent()
                            ? "has a column label, files before it have none"
                            : "has no column label, files before it have one");
        }
        if (part.map().isEmpty() && !names.equals(named)) {
            throw part.refuse(path, "names other classes than files before it");
        }
    }

    private void rows(Path path, ParquetFileReader file, ParquetColumns found) throws IOException {
        int atOnce = found.kind() == Kind.IMAGE ? IMAGES_AT_ONCE : ROWS_AT_ONCE;
        try (ColumnReaders readers =
                file.buildColumnReaders(found.projection()).batchSize(atOnce).build()) {
            ColumnReader value =
                    readers.getColumnReader(found.value().fieldPath().toString());
            long first = 0;
            while (readers.nextBatch()) {
                int count = readers.getRecordCount();
                Optional<String[]> ids = ids(path, found, readers, first);
                values(found.kind(), new ParquetBatch(value, part.name(path), first, count), ids);
                if (found.label().isPresent() && labels != null) {
                    var batch = new ParquetBatch(
                            readers.getColumnReader(
                                    found.label().get().fieldPath().toString()),
                            part.name(path),
                            first,
                            count);
                    batch.requireValues();
                    batch.labels(labels);
                }
                first += count;
            }
            rows += first;
        }
    }

    private Optional<String[]> ids(Path path, ParquetColumns found, ColumnReaders readers, long first)
            throws ArtifactException {
        if (found.id().isEmpty()) {
            return Optional.empty();
        }
        var batch = new ParquetBatch(
                readers.getColumnReader(found.id().get().fieldPath().toString()),
                part.name(path),
                first,
                readers.getRecordCount());
        batch.requireValues();
        return Optional.of(batch.ids());
    }

    private void values(Kind kind, ParquetBatch batch, Optional<String[]> ids) throws IOException {
        batch.requireValues();
        switch (kind) {
            case IMAGE -> {
                byte[][] files = batch.column().getBinaries();
                for (int row = 0; row < batch.count(); row++) {
                    int at = row;
                    String name = batch.file() + ": " + batch.where(row);
                    images.add(name, ids.map(all -> all[at]), () -> Picture.decode(files[at], name));
                }
            }
            case TEXT -> {
                String[] found = batch.texts();
                for (int row = 0; row < batch.count(); row++) {
                    texts.add(batch.file(), batch.where(row), found[row]);
                }
            }
            case FEATURES -> features(batch);
        }
    }

    private void features(ParquetBatch batch) throws ArtifactException {
        int[] offsets = batch.offsets();
        double[] numbers = batch.numbers();
        for (int row = 0; row < batch.count(); row++) {
            vectors.add(batch.file(), batch.where(row), numbers, offsets[row], offsets[row + 1]);
        }
    }

    private Examples examples() throws ArtifactException {
        if (columns == null || labels == null) {
            throw new IllegalStateException("no file was read");
        }
        Optional<Labels> column = columns.label().isPresent() ? Optional.of(labels.labels()) : Optional.empty();
        return switch (columns.kind()) {
            case IMAGE -> images.set(column);
            case TEXT -> new TextSet(texts.texts(), column);
            case FEATURES -> new FeatureSet(vectors.matrix(), column, Map.of());
        };
    }
}
