package dev.steelyard.incremental.lift;

import dev.steelyard.incremental.training.WeightGroups;
import java.util.List;

/**
 * Which linear weights are trained.
 *
 * @param patterns names; * stands for any characters
 */
record Targets(List<String> patterns) {
    boolean contain(String name) {
        return patterns.stream().anyMatch(pattern -> WeightGroups.fits(pattern, name));
    }
}
