package dev.steelyard.incremental.gacil;

import dev.steelyard.artifacts.parquet.Column;
import dev.steelyard.artifacts.parquet.ParquetTable;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Where predictions are written, a row each. */
interface Predictions extends AutoCloseable {

    void add(int row, String label, double score) throws IOException;

    void finish() throws IOException;

    @Override
    void close() throws IOException;

    /**
     * A file of its own.
     *
     * @param format jsonl or parquet
     * @param numbers whether labels are whole numbers
     */
    static Predictions create(Path folder, String format, boolean numbers) throws IOException {
        Path file = folder.resolve("predictions." + format);
        return format.equals("parquet")
                ? new Table(
                        ParquetTable.create(
                                file,
                                List.of(
                                        Column.whole("row"),
                                        numbers ? Column.whole("label") : Column.text("label"),
                                        Column.number("score"))),
                        numbers)
                : new Lines(Files.newBufferedWriter(file), numbers);
    }

    /** As Parquet. */
    record Table(ParquetTable table, boolean numbers) implements Predictions {
        @Override
        public void add(int row, String label, double score) throws IOException {
            table.add(row, numbers ? (Object) Long.valueOf(label) : label, score);
        }

        @Override
        public void finish() throws IOException {
            table.finish();
        }

        @Override
        public void close() throws IOException {
            table.close();
        }
    }

    /** As JSON lines. */
    record Lines(BufferedWriter out, boolean numbers) implements Predictions {
        @Override
        public void add(int row, String label, double score) throws IOException {
            ObjectNode line = Results.JSON.createObjectNode().put("row", row);
            if (numbers) {
                line.put("label", Long.parseLong(label));
            } else {
                line.put("label", label);
            }
            out.write(Results.JSON.writeValueAsString(line.put("score", score)));
            out.newLine();
        }

        @Override
        public void finish() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
