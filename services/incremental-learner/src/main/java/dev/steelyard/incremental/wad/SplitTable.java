package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What is known and what is not, class by class.
 *
 * @param known a row for each known class
 * @param unlabelled images of the pool
 * @param unlabelledUnknown of them, of other classes; −1 where nobody said
 */
record SplitTable(List<Row> known, int unlabelled, int unlabelledUnknown) {

    /** @param pool images in the pool; −1 where nobody said */
    record Row(String name, int labelled, int test, int pool) {}

    static SplitTable of(Samples samples, Truth truth) {
        int[] labelled = Samples.counts(samples.labels());
        int[] test =
                samples.test().flatMap(set -> set.labels()).map(Samples::counts).orElse(new int[labelled.length]);
        Labels labels = samples.labels();
        int[] pool = IntStream.range(samples.given(), samples.images().size()).toArray();
        boolean told = truth.isTold();
        List<Row> rows = new ArrayList<>();
        for (int c = 0; c < labelled.length; c++) {
            int index = c;
            int inPool = told
                    ? (int) IntStream.of(pool).filter(i -> truth.of(i) == index).count()
                    : -1;
            rows.add(new Row(labels.classes().get(c), labelled[c], test[c], inPool));
        }
        int unknown = told ? (int) IntStream.of(pool).filter(truth::isUnknown).count() : -1;
        return new SplitTable(List.copyOf(rows), pool.length, unknown);
    }

    /** As a table in Markdown. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("| class | labelled | test | in the pool |");
        lines.add("|---|---|---|---|");
        for (Row row : known) {
            lines.add("| %s | %d | %d | %s |".formatted(row.name, row.labelled, row.test, told(row.pool)));
        }
        lines.add("| other classes | 0 | 0 | %s |".formatted(told(unlabelledUnknown)));
        lines.add("| all | %d | %d | %d |"
                .formatted(
                        known.stream().mapToInt(Row::labelled).sum(),
                        known.stream().mapToInt(Row::test).sum(),
                        unlabelled));
        return lines;
    }

    private static String told(int count) {
        return count < 0 ? "?" : Integer.toString(count);
    }
}
