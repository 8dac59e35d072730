package dev.steelyard.tensor.train;

import java.util.List;

/**
 * Parameters that are trained alike.
 *
 * @param learningRateScale multiplies the learning rate of a step, 0 or more
 * @param weightDecay 0 or more; how it enters is the optimizer's matter
 */
public record ParameterGroup(List<Parameter> parameters, double learningRateScale, double weightDecay) {

    public ParameterGroup {
        parameters = List.copyOf(parameters);
        if (!(learningRateScale >= 0) || !(weightDecay >= 0)) {
            throw new IllegalArgumentException("expected learning rate scale and weight decay of 0 or more, found "
                    + learningRateScale + " and " + weightDecay);
        }
    }

    public static ParameterGroup of(List<Parameter> parameters, double weightDecay) {
        return new ParameterGroup(parameters, 1, weightDecay);
    }
}
