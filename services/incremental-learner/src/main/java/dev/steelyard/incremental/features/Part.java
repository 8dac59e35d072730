package dev.steelyard.incremental.features;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.dataset.Dataset;
import dev.steelyard.artifacts.dataset.Examples;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a data set.
 *
 * @param name of its folder; empty when it is the only part
 */
record Part(String name, Examples rows) {

    /**
     * The parts that are there, in the order of {@link Dataset#all()}.
     *
     * @throws ArtifactException when there is no training part, and only one of the others has labels
     */
    static List<Part> of(Dataset data) throws ArtifactException {
        List<Part> parts = new ArrayList<>();
        data.train().ifPresent(rows -> parts.add(new Part("train", rows)));
        data.validation().ifPresent(rows -> parts.add(new Part("validation", rows)));
        data.test().ifPresent(rows -> parts.add(new Part("test", rows)));
        return parts.size() == 1 || !parts.getFirst().name().equals("train")
                ? List.of(new Part("", data.all()))
                : parts;
    }

    /** Of row numbers in messages. */
    String prefix() {
        return name.isEmpty() ? "" : name + "/";
    }
}
