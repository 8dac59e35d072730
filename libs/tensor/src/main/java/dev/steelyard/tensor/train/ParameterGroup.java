package dev.steelyard.tensor.train;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Parameters that are trained alike.
 *
 * @param learningRateScale multiplies the learning rate of a step, 0 or more
 * @param weightDecay 0 or more; how it enters is the optimizer's matter
 * @param clip largest norm of the group's gradients together, above 0; longer ones are scaled down before a step
 */
public record ParameterGroup(
        List<Parameter> parameters, double learningRateScale, double weightDecay, OptionalDouble clip) {

    public ParameterGroup {
        parameters = List.copyOf(parameters);
        if (!(learningRateScale >= 0) || !(weightDecay >= 0)) {
            throw new IllegalArgumentException("expected learning rate scale and weight decay of 0 or more, found "
                    + learningRateScale + " and " + weightDecay);
        }
        if (clip.isPresent() && !(clip.getAsDouble() > 0)) {
            throw new IllegalArgumentException("clip: expected above 0, found " + clip.getAsDouble());
        }
    }

    /** Gradients as they are. */
    public ParameterGroup(List<Parameter> parameters, double learningRateScale, double weightDecay) {
        this(parameters, learningRateScale, weightDecay, OptionalDouble.empty());
    }

    public static ParameterGroup of(List<Parameter> parameters, double weightDecay) {
        return new ParameterGroup(parameters, 1, weightDecay);
    }
}
