package dev.steelyard.incremental.training;

import dev.steelyard.method.MethodException;
import dev.steelyard.method.Param;
import dev.steelyard.models.NamePattern;
import dev.steelyard.tensor.nn.CompandedWeight;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.nn.UnfitWeightException;
import dev.steelyard.tensor.nn.WeightCompander;
import dev.steelyard.tensor.nn.WeightCompander.Start;
import dev.steelyard.tensor.nn.WeightCompander.Tail;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What is trained in place of weights, as a parameter of its own: {@code {"kind": "weight-compander", "alpha": 1}}. A
 * method that offers it for those who ask takes it as an Optional.
 */
public record ReparamParams(
        @Param(
                value = "weight-compander: each weight is a·arctan(v/b) of a trained v; none: weights themselves are "
                        + "trained.",
                defaultValue = "\"weight-compander\"")
        @Pattern(regexp = "none|weight-compander")
        String kind,

        @Param(value = "a over the deviation of a layer's initial weight; no weight reaches aπ/2.", defaultValue = "2")
        @DecimalMin("0.25")
        @DecimalMax("16")
        double alpha,

        @Param(
                value = "b over the deviation of a layer's initial weight; small weights move (a/b)² times as far.",
                defaultValue = "2")
        @DecimalMin("0.1")
        @DecimalMax("16")
        double beta,

        @Param(value = "Whether each layer learns its own a and b.", defaultValue = "false")
        boolean learn,

        @Param(value = "Learning rate of learned log a and log b, as a share of the others'.", defaultValue = "0.1")
        @DecimalMin("0")
        @DecimalMax("1")
        double abLearningRateScale,

        @Param(
                value = "What the initial weight becomes: invert (w, so the model starts as it would without) or plain "
                        + "(v).",
                defaultValue = "\"invert\"")
        @Pattern(regexp = "invert|plain")
        String init,

        @Param(
                value = "Initial weights beyond 0.985·aπ/2: clip, refuse, fit (a and b of the layer grow until they "
                        + "fit), or auto: clip random ones, refuse those of a checkpoint.",
                defaultValue = "\"auto\"")
        @Pattern(regexp = "auto|clip|refuse|fit")
        String tail,

        @Param(value = "Weights it is for, by name; * stands for any characters.", defaultValue = "[\"*\"]")
        @Size(max = 1000)
        List<String> targets,

        @Param(value = "Weights it is not for, by name.", defaultValue = "[]") @Size(max = 1000)
        List<String> exclude) {

    private static final double SCALE_CLIP = 1;

    /** No reparametrization. */
    public static ReparamParams none() {
        return new ReparamParams("none", 2, 2, false, 0.1, "invert", "auto", List.of("*"), List.of());
    }

    public boolean isNone() {
        return kind.equals("none");
    }

    /** @param fromCheckpoint whether initial weights are trained already, and not to be changed unasked */
    public Reparametrization form(boolean fromCheckpoint) {
        if (isNone()) {
            return Reparametrization.NONE;
        }
        var compander = new WeightCompander(
                alpha, beta, learn, Start.valueOf(init.toUpperCase(Locale.ROOT)), tail(fromCheckpoint));
        return (store, name, initial) -> NamePattern.anyFits(targets, name) && !NamePattern.anyFits(exclude, name)
                ? compander.create(store, name, initial)
                : Reparametrization.NONE.create(store, name, initial);
    }

    private Tail tail(boolean fromCheckpoint) {
        if (tail.equals("auto")) {
            return fromCheckpoint ? Tail.REFUSE : Tail.CLIP;
        }
        return Tail.valueOf(tail.toUpperCase(Locale.ROOT));
    }

    /** @throws MethodException when a model made with {@link #form} has no weight that is reparametrized */
    public void requireTargets(ParameterStore store) throws MethodException {
        if (!isNone() && store.weights().values().stream().noneMatch(CompandedWeight.class::isInstance)) {
            throw MethodException.parameter(
                    "/reparam/targets",
                    "no weight fits; there are "
                            + String.join(", ", store.weights().keySet()));
        }
    }

    /** What a user is told of a weight that {@link #form} cannot start from. */
    public static MethodException unfit(UnfitWeightException e) {
        return MethodException.parameter("/reparam/alpha", e.tensor() + ": " + e.detail());
    }

    /**
     * Takes log a and log b out of their groups and gives each layer's a group of its own: their own learning rate, no
     * decay, a norm of the gradient of {@value #SCALE_CLIP} at most.
     */
    public List<ParameterGroup> groups(List<ParameterGroup> groups) {
        List<ParameterGroup> all = new ArrayList<>();
        Map<String, List<Parameter>> scales = new LinkedHashMap<>();
        for (ParameterGroup group : groups) {
            List<Parameter> rest = new ArrayList<>();
            for (Parameter parameter : group.parameters()) {
                List<Parameter> to = WeightCompander.isScale(parameter.name())
                        ? scales.computeIfAbsent(WeightCompander.weightName(parameter.name()), _ -> new ArrayList<>())
                        : rest;
                to.add(parameter);
            }
            all.add(new ParameterGroup(rest, group.learningRateScale(), group.weightDecay(), group.clip()));
        }
        for (List<Parameter> layer : scales.values()) {
            all.add(new ParameterGroup(layer, abLearningRateScale, 0, OptionalDouble.of(SCALE_CLIP)));
        }
        return all;
    }
}
