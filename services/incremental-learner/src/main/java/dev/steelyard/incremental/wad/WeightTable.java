package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.parquet.Column;
import dev.steelyard.artifacts.parquet.ParquetTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What each image of the pool was taken for and what it counted.
 *
 * @param probabilities that the student gives in the end to each image's label, by place in the pool
 */
record WeightTable(Samples samples, Pool pool, double[] probabilities) {
    private static final List<Column> COLUMNS = List.of(
            Column.text("id"),
            Column.text("label"),
            Column.number("s1"),
            Column.number("s2"),
            Column.number("weight"),
            Column.whole("round"),
            Column.number("probability"));

    void write(Path folder) throws IOException {
        try (ParquetTable table = ParquetTable.create(folder.resolve("weights.parquet"), COLUMNS)) {
            for (int i = samples.given(); i < pool.size(); i++) {
                table.add(
                        samples.ids().get(i),
                        samples.classes().get(pool.label(i)),
                        (double) pool.best(i),
                        (double) pool.second(i),
                        (double) pool.weight(i),
                        pool.round(i),
                        probabilities[i - samples.given()]);
            }
            table.finish();
        }
    }
}
