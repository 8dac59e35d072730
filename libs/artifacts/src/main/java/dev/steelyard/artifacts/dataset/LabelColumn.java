package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Collects the labels of rows as they are read, and refuses those outside the label map. */
final class LabelColumn {
    private static final int MAX_LENGTH = 256;

    private final Optional<MappedLabels> map;
    private final List<String> rows = new ArrayList<>();
    private boolean numbers;

    LabelColumn(Optional<MappedLabels> map) {
        this.map = map;
    }

    /** @param where the row, for messages: "row 17" */
    void add(String file, String where, long label) throws ArtifactException {
        if (map.isPresent()) {
            rows.add(map.get().name(file, where, label));
        } else {
            add(file, where, Long.toString(label), true);
        }
    }

    void add(String file, String where, String label) throws ArtifactException {
        if (label.isBlank() || label.length() > MAX_LENGTH) {
            throw new ArtifactException(
                    file, null, "%s: expected a label of 1 to %d characters".formatted(where, MAX_LENGTH));
        }
        if (map.isPresent()) {
            rows.add(map.get().name(file, where, label));
        } else {
            add(file, where, label, false);
        }
    }

    private void add(String file, String where, String label, boolean number) throws ArtifactException {
        if (rows.isEmpty()) {
            numbers = number;
        } else if (numbers != number) {
            String shown = number ? label : "'" + label + "'";
            String before = numbers ? "whole numbers" : "text";
            throw new ArtifactException(
                    file, null, "%s: label %s; labels before it are %s".formatted(where, shown, before));
        }
        rows.add(label);
    }

    int size() {
        return rows.size();
    }

    /** @throws IllegalStateException when there is no row */
    Labels labels() {
        List<String> classes = map.map(MappedLabels::classes).orElseGet(this::sorted);
        Map<String, Integer> index = new HashMap<>();
        for (String name : classes) {
            index.put(name, index.size());
        }
        return new Labels(classes, rows.stream().mapToInt(index::get).toArray(), numbers);
    }

    private List<String> sorted() {
        if (!numbers) {
            return List.copyOf(new TreeSet<>(rows));
        }
        return rows.stream()
                .map(Long::valueOf)
                .distinct()
                .sorted()
                .map(String::valueOf)
                .toList();
    }
}
