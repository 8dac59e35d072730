package dev.steelyard.incremental.training;

import dev.steelyard.method.Param;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.Momentum;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.Projection;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;

/**
 * Optimizer of a training method with all its settings, as a parameter of its own: {@code {"name": "adamp", "beta2":
 * 0.95}}. The learning rate is the method's.
 */
public record OptimizerParams(
        @Param(value = "Update rule: adamw, adam, adamp, sgd or sgdp.", defaultValue = "\"adamw\"")
        @Pattern(regexp = "adamp|sgdp|adam|adamw|sgd")
        String name,

        @Param(value = "Decay rate of the first moment (Adam family).", defaultValue = "0.9")
        @DecimalMin("0")
        @DecimalMax(value = "1", inclusive = false)
        double beta1,

        @Param(value = "Decay rate of the second moment (Adam family).", defaultValue = "0.999")
        @DecimalMin("0")
        @DecimalMax(value = "1", inclusive = false)
        double beta2,

        @Param(value = "Momentum (SGD family).", defaultValue = "0.9")
        @DecimalMin("0")
        @DecimalMax(value = "1", inclusive = false)
        double momentum,

        @Param(value = "Added to denominators.", defaultValue = "1e-8")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("0.01")
        double epsilon,

        @Param(value = "Weight decay.", defaultValue = "0") @DecimalMin("0")
        double weightDecay,

        @Param(value = "Parameters without weight decay, by name; * stands for any characters.", defaultValue = "[]")
        @Size(max = 1000)
        List<String> noDecay,

        @Param(
                value = "AdamP and SGDP: cosine below which a weight counts as scale invariant, before division by the "
                        + "root of its size; 0: never project.",
                defaultValue = "0.1")
        @DecimalMin("0")
        @DecimalMax("1")
        double delta,

        @Param(
                value = "AdamP and SGDP: weight decay of projected tensors, as a share of the full one.",
                defaultValue = "0.1")
        @DecimalMin("0")
        @DecimalMax("1")
        double decayRatio,

        @Param(value = "Whether to look one step of momentum ahead.", defaultValue = "false")
        boolean nesterov) {

    @AssertTrue(message = "nesterov: needs a momentum above 0")
    boolean isNesterovWithMomentum() {
        return !nesterov || momentum > 0 || name.startsWith("adam");
    }

    /** The defaults with another rule and decay. */
    public static OptimizerParams of(String name, double weightDecay, List<String> noDecay) {
        return new OptimizerParams(name, 0.9, 0.999, 0.9, 1e-8, weightDecay, noDecay, 0.1, 0.1, false);
    }

    /** The optimizer these settings name, without its parameters. */
    public OptimizerChoice choice() {
        return new OptimizerChoice(
                OptimizerChoice.Name.of(name),
                new AdamMoments(beta1, beta2, epsilon, nesterov),
                new Momentum(momentum, 0, nesterov && !name.startsWith("adam")),
                new Projection(delta, decayRatio, epsilon));
    }

    /** An optimizer of some parameters; decay is left out for names that fit {@code noDecay}. */
    public Optimizer create(List<Parameter> parameters) {
        return choice().create(WeightGroups.of(parameters, weightDecay, noDecay));
    }

    /** The same for a model with reparametrized weights, whose scales are trained their own way. */
    public Optimizer create(List<Parameter> parameters, ReparamParams reparam) {
        return choice().create(reparam.groups(WeightGroups.of(parameters, weightDecay, noDecay)));
    }
}
