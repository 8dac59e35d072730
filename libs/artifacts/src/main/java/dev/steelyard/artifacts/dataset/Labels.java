package dev.steelyard.artifacts.dataset;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A class for each row. */
public final class Labels {
    private final List<String> classes;
    private final int[] ids;
    private final boolean numbers;

    /**
     * @param classes names, none twice; they need not all occur
     * @param ids for each row an index into {@code classes}
     * @param numbers whether the names are whole numbers and to be written as such
     */
    public Labels(List<String> classes, int[] ids, boolean numbers) {
        this.classes = List.copyOf(classes);
        this.ids = ids.clone();
        this.numbers = numbers;
        if (Arrays.stream(ids).anyMatch(id -> id < 0 || id >= classes.size())) {
            throw new IllegalArgumentException("a label is outside the %d classes".formatted(classes.size()));
        }
    }

    /** Number of rows. */
    public int size() {
        return ids.length;
    }

    /** Names of the classes; numbers in ascending order, texts sorted, unless a label map says otherwise. */
    public List<String> classes() {
        return classes;
    }

    /** Whether the classes were given as whole numbers. */
    public boolean numbers() {
        return numbers;
    }

    /** Index of the row's class. */
    public int id(int row) {
        return ids[row];
    }

    /** Name of the row's class. */
    public String name(int row) {
        return classes.get(ids[row]);
    }

    /** Indices of the classes of some rows. */
    public int[] ids(int[] rows) {
        return Arrays.stream(rows).map(row -> ids[row]).toArray();
    }

    /** Some rows, the same classes. */
    public Labels subset(int[] rows) {
        return new Labels(classes, ids(rows), numbers);
    }

    /**
     * Rows of this and then of another; classes with the same name are one. Where the classes of both are in order, all
     * are; else those that are new come last.
     *
     * @throws IllegalArgumentException when only one has whole numbers
     */
    public Labels followedBy(Labels other) {
        if (numbers != other.numbers) {
            throw new IllegalArgumentException("whole numbers and text as labels");
        }
        Stream<String> both =
                Stream.concat(classes.stream(), other.classes.stream()).distinct();
        List<String> names = inOrder() && other.inOrder() ? both.sorted(order()).toList() : both.toList();
        Map<String, Integer> index = new HashMap<>();
        names.forEach(name -> index.put(name, index.size()));
        int[] all = IntStream.concat(indices(index), other.indices(index)).toArray();
        return new Labels(names, all, numbers);
    }

    private IntStream indices(Map<String, Integer> index) {
        return Arrays.stream(ids).map(id -> index.getOrDefault(classes.get(id), -1));
    }

    private boolean inOrder() {
        return classes.equals(classes.stream().sorted(order()).toList());
    }

    private Comparator<String> order() {
        return numbers ? Comparator.comparing(Long::valueOf) : Comparator.naturalOrder();
    }
}
