package dev.steelyard.incremental.training;

import dev.steelyard.tensor.nn.WeightCompander;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Which parameters decay. */
public final class WeightGroups {
    private WeightGroups() {}

    /**
     * Two groups: parameters that decay, and those whose name fits a pattern and that do not. What a weight is made of
     * fits where the weight does.
     *
     * @param noDecay names; * stands for any characters
     */
    public static List<ParameterGroup> of(List<Parameter> parameters, double weightDecay, List<String> noDecay) {
        List<Parameter> decaying = new ArrayList<>();
        List<Parameter> exempt = new ArrayList<>();
        for (Parameter parameter : parameters) {
            boolean fits =
                    fits(noDecay, parameter.name()) || fits(noDecay, WeightCompander.weightName(parameter.name()));
            (fits ? exempt : decaying).add(parameter);
        }
        return List.of(ParameterGroup.of(decaying, weightDecay), ParameterGroup.of(exempt, 0));
    }

    /**
     * Whether a name fits one of some patterns.
     *
     * @param patterns names; * stands for any characters
     */
    public static boolean fits(List<String> patterns, String name) {
        return patterns.stream().anyMatch(pattern -> fits(pattern, name));
    }

    private static boolean fits(String pattern, String name) {
        StringBuilder regex = new StringBuilder();
        for (String part : pattern.split("\\*", -1)) {
            regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(part));
        }
        return name.matches(regex.toString());
    }
}
