package dev.steelyard.incremental.weightcompander;

import dev.steelyard.incremental.training.OptimizerParams;
import dev.steelyard.incremental.training.ReparamParams;
import dev.steelyard.incremental.training.ScheduleParams;
import dev.steelyard.method.Param;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;

/** Parameters of {@link WeightCompanderTraining}. */
public record WeightCompanderParams(
        @Param(value = "The compander. {\"kind\": \"none\"} trains weights as they are.", defaultValue = "{}") @Valid
        ReparamParams reparam,

        @Param(
                value = "Whether to train the same model without compander beside it, from the same weights and on the "
                        + "same batches, and to report both.",
                defaultValue = "false")
        boolean compare,

        @Param(
                value =
                        "Network: mlp (linear layers), cnn (two convolutions), strided (pairs of convolutions) or residual "
                                + "(a block for each number). With input model the model's own, as are hidden and "
                                + "normalization.",
                defaultValue = "\"mlp\"")
        @Pattern(regexp = "mlp|cnn|strided|residual")
        String network,

        @Param(value = "Units of hidden layers, or channels of convolutions.", defaultValue = "[256, 256]")
        @Size(min = 1, max = 8)
        List<@Min(1) @Max(8192) Integer> hidden,

        @Param(value = "After each layer but the last: batch or none.", defaultValue = "\"batch\"")
        @Pattern(regexp = "batch|none")
        String normalization,

        @Param(
                value =
                        "Distribution of random initial weights: normal (variance 2/inputs) or uniform (on ±1/√inputs).",
                defaultValue = "\"normal\"")
        @Pattern(regexp = "normal|uniform")
        String initial,

        @Param(value = "Share of hidden outputs set to 0 while training.", defaultValue = "0")
        @DecimalMin("0")
        @DecimalMax(value = "1", inclusive = false)
        double dropout,

        @Param(value = "Learning rate at its peak.", defaultValue = "0.05")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("10")
        double learningRate,

        @Param(
                value =
                        "Optimizer; sgd with momentum 0.9 where nothing is given. Weight decay is on what is trained, v.",
                defaultValue = "{\"name\": \"sgd\"}")
        @Valid
        OptimizerParams optimizer,

        @Param(value = "How the learning rate moves.", defaultValue = "{}") @Valid
        ScheduleParams schedule,

        @Param(value = "Largest norm of a gradient; 0: as it is.", defaultValue = "0") @DecimalMin("0")
        double clip,

        @Param(value = "Batches whose mean gradient makes a step.", defaultValue = "1") @Min(1) @Max(1024)
        int accumulate,

        @Param(
                value =
                        "Decay rate of a moving average of weights and running statistics, which is what is exported then; "
                                + "0: none.",
                defaultValue = "0")
        @DecimalMin("0")
        @DecimalMax(value = "1", inclusive = false)
        double average,

        @Param(value = "Passes over the training images.", defaultValue = "10") @Min(1) @Max(10_000)
        int epochs,

        @Param(value = "Images of a batch.", defaultValue = "50") @Min(2) @Max(65_536)
        int batch,

        @Param(
                value = "Share of the images that is kept for the test, where the data has no test part of its own.",
                defaultValue = "0.2")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("0.9")
        double testShare,

        @Param(value = "Images to train on at most; 0: all that are not for the test.", defaultValue = "0") @Min(0)
        int trainLimit,

        @Param(value = "Pixels by which training images are moved at most, at random.", defaultValue = "0")
        @Min(0)
        @Max(16)
        int shift,

        @Param(value = "Whether half of the training images are mirrored, at random.", defaultValue = "false")
        boolean mirror) {

    @AssertTrue(message = "hidden: a cnn has two convolutions")
    boolean isHiddenOfNetwork() {
        return !network.equals("cnn") || hidden.size() == 2;
    }

    @AssertTrue(message = "compare: there is no compander to compare with; choose reparam kind weight-compander")
    boolean isSomethingToCompare() {
        return !compare || !reparam.isNone();
    }
}
