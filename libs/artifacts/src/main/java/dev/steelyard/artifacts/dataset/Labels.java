package dev.steelyard.artifacts.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    /** Rows of this and then of another; classes with the same name are one. */
    public Labels followedBy(Labels other) {
        Map<String, Integer> index = new LinkedHashMap<>();
        classes.forEach(name -> index.put(name, index.size()));
        other.classes.forEach(name -> index.putIfAbsent(name, index.size()));
        int[] all = Arrays.copyOf(ids, ids.length + other.ids.length);
        for (int i = 0; i < other.ids.length; i++) {
            all[ids.length + i] = index.getOrDefault(other.name(i), -1);
        }
        return new Labels(new ArrayList<>(index.keySet()), all, numbers && other.numbers);
    }
}
