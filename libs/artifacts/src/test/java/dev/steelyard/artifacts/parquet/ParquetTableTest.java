package dev.steelyard.artifacts.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetTableTest {
    private static final List<Column> COLUMNS =
            List.of(Column.text("id"), Column.whole("label"), Column.number("score"));

    @TempDir
    Path folder;

    @Test
    void rows_come_back_from_several_groups() throws Exception {
        Path file = folder.resolve("table.parquet");
        String filling = "x".repeat(500);
        int rows = 70_000; // more than two groups
        try (ParquetTable table = ParquetTable.create(file, COLUMNS)) {
            for (int row = 0; row < rows; row++) {
                table.add("größe " + row + filling, (long) row - 5, row / 3.0);
            }
            table.finish();
        }

        try (ParquetFileReader reader = ParquetFileReader.open(InputFile.of(file));
                RowReader found = reader.rowReader()) {
            assertThat(reader.getFileMetaData().rowGroups()).hasSizeGreaterThan(2);
            assertThat(reader.getFileMetaData().numRows()).isEqualTo(rows);
            int row = 0;
            while (found.hasNext()) {
                found.next();
                if (row % 997 == 0) {
                    assertThat(found.getString("id")).isEqualTo("größe " + row + filling);
                    assertThat(found.getLong("label")).isEqualTo(row - 5);
                    assertThat(found.getDouble("score")).isEqualTo(row / 3.0);
                }
                row++;
            }
            assertThat(row).isEqualTo(rows);
        }
    }

    @Test
    void many_columns_and_no_rows_are_a_table() throws Exception {
        Path file = folder.resolve("table.parquet");
        List<Column> columns = new ArrayList<>();
        IntStream.range(0, 40).forEach(i -> columns.add(Column.number("score " + i)));
        try (ParquetTable table = ParquetTable.create(file, columns)) {
            table.finish();
        }

        try (ParquetFileReader reader = ParquetFileReader.open(InputFile.of(file))) {
            assertThat(reader.getFileMetaData().numRows()).isZero();
            assertThat(reader.getFileSchema().getColumnCount()).isEqualTo(40);
        }
    }

    @Test
    void the_bytes_are_those_that_pyarrow_was_seen_to_read() throws Exception {
        Path file = folder.resolve("table.parquet");
        try (ParquetTable table = ParquetTable.create(file, COLUMNS)) {
            table.add("a", 1L, 0.5);
            table.add("größer", -7, Double.NaN);
            table.finish();
        }

        try (var expected = getClass().getResourceAsStream("/parquet/written.parquet")) {
            assertThat(Files.readAllBytes(file)).isEqualTo(expected.readAllBytes());
        }
    }

    @Test
    void values_of_another_type_are_refused() throws Exception {
        try (ParquetTable table = ParquetTable.create(folder.resolve("table.parquet"), COLUMNS)) {
            assertThatThrownBy(() -> table.add("a", 1L)).hasMessageContaining("2 values for 3 columns");
            assertThatThrownBy(() -> table.add("a", "b", 0.5)).hasMessageContaining("b is no value of");
        }
        List<Column> twice = List.of(Column.text("a"), Column.whole("a"));
        assertThatThrownBy(() -> ParquetTable.create(folder.resolve("other.parquet"), twice))
                .hasMessageContaining("none twice");
    }
}
