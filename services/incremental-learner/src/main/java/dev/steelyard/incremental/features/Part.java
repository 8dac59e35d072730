package dev.steelyard.incremental.features;

import dev.steelyard.artifacts.dataset.Dataset;
import dev.steelyard.artifacts.dataset.Examples;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a data set.
 *
 * @param name of its folder; empty when the training part is the only one
 */
record Part(String name, Examples rows) {

    /** The parts that are there, in the order of {@link Dataset#all()}. */
    static List<Part> of(Dataset data) {
        List<Part> parts = new ArrayList<>();
        data.train().ifPresent(rows -> parts.add(new Part("train", rows)));
        data.validation().ifPresent(rows -> parts.add(new Part("validation", rows)));
        data.test().ifPresent(rows -> parts.add(new Part("test", rows)));
        return data.train().isPresent() && parts.size() == 1
                ? List.of(new Part("", data.train().get()))
                : parts;
    }

    /** Of row numbers in messages. */
    String prefix() {
        return name.isEmpty() ? "" : name + "/";
    }
}
