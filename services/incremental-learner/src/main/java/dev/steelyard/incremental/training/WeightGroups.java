package dev.steelyard.incremental.training;

import dev.steelyard.models.NamePattern;
import dev.steelyard.tensor.nn.WeightCompander;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import java.util.ArrayList;
import java.util.List;

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
            boolean fits = NamePattern.anyFits(noDecay, parameter.name())
                    || NamePattern.anyFits(noDecay, WeightCompander.weightName(parameter.name()));
            (fits ? exempt : decaying).add(parameter);
        }
        return List.of(ParameterGroup.of(decaying, weightDecay), ParameterGroup.of(exempt, 0));
    }
}
