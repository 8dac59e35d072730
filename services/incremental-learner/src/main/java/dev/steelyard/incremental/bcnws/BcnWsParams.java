package dev.steelyard.incremental.bcnws;

import dev.steelyard.incremental.training.OptimizerParams;
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

/** Parameters of {@link BcnWs}. */
public record BcnWsParams(
        @Param(
                value = "train: from new weights or those of a model; convert: put other normalizations into a model "
                        + "with batch normalization, then train on.",
                defaultValue = "\"train\"")
        @Pattern(regexp = "train|convert")
        String mode,

        @Param(
                value = "Network of 3×3 convolutions: strided (pairs) or residual (blocks of two). That of the model, "
                        + "where there is one.",
                defaultValue = "\"strided\"")
        @Pattern(regexp = "strided|residual")
        String network,

        @Param(
                value = "Channels of each pair or block. Those of the model, where there is one.",
                defaultValue = "[16, 32, 64]")
        @Size(min = 1, max = 8)
        List<@Min(1) @Max(4096) Integer> channels,

        @Param(
                value =
                        "Normalization: bcn-estimated (batch-channel with estimated statistics, for micro-batches), bcn "
                                + "(with those of the batch), gn (group) or bn (batch).",
                defaultValue = "\"bcn-estimated\"")
        @Pattern(regexp = "bcn-estimated|bcn|gn|bn")
        String norm,

        @Param(
                value =
                        "Groups of channels. Where they do not divide a layer's channels, the largest smaller number that "
                                + "does is taken, with a warning. A model that is trained on keeps its own.",
                defaultValue = "32")
        @Min(1)
        @Max(4096)
        int groups,

        @Param(
                value =
                        "Whether to refuse groups that do not divide a layer's channels. A model that is trained on keeps "
                                + "its own.",
                defaultValue = "false")
        boolean forceGroups,

        @Param(value = "Whether convolutions compute with standardized weights.", defaultValue = "true")
        boolean weightStd,

        @Param(
                value = "Deviation that weights are divided by: unbiased-outside (s + ε, as published), unbiased-root "
                        + "(√(s² + ε), the authors' ImageNet code) or biased-root (timm and BiT).",
                defaultValue = "\"unbiased-outside\"")
        @Pattern(regexp = "unbiased-outside|unbiased-root|biased-root")
        String wsVariant,

        @Param(value = "ε of weight standardization.", defaultValue = "1e-5")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("0.01")
        double wsEps,

        @Param(
                value =
                        "Weights that are not standardized, by name; * stands for any characters. A model that is trained "
                                + "on keeps its own.",
                defaultValue = "[]")
        @Size(max = 1000)
        List<String> wsExclude,

        @Param(
                value = "Update rate ρ of estimated statistics: what a batch takes of their place.",
                defaultValue = "0.1")
        @DecimalMin("0")
        @DecimalMax("1")
        double rho,

        @Param(
                value = "ρ over the run: constant, or follow-lr (it falls with the learning rate).",
                defaultValue = "\"follow-lr\"")
        @Pattern(regexp = "constant|follow-lr")
        String rhoSchedule,

        @Param(value = "Images of a batch.", defaultValue = "2") @Min(1) @Max(1024)
        int batch,

        @Param(value = "Batches whose mean gradient makes one step.", defaultValue = "1") @Min(1) @Max(65_536)
        int accumulation,

        @Param(
                value =
                        "Learning rate at its peak for steps of referenceBatch images; it is scaled with the images of a "
                                + "step.",
                defaultValue = "0.1")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("100")
        double learningRate,

        @Param(value = "Images of a step that learningRate is meant for.", defaultValue = "64") @Min(1) @Max(65_536)
        int referenceBatch,

        @Param(
                value = "Optimizer. Parameters of normalizations never decay.",
                defaultValue = "{\"name\": \"sgd\", \"weightDecay\": 1e-4}")
        @Valid
        OptimizerParams optimizer,

        @Param(value = "Learning rate over the run.", defaultValue = "{}") @Valid
        ScheduleParams schedule,

        @Param(value = "Passes over the training images; 0 only to convert.", defaultValue = "10") @Min(0) @Max(10_000)
        int epochs,

        @Param(value = "Share of the images that is kept for the test.", defaultValue = "0.2")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("0.9")
        double testShare,

        @Param(value = "Images to train on at most; 0: all that are not for the test.", defaultValue = "0") @Min(0)
        int trainLimit) {

    @AssertTrue(message = "epochs: training takes 1 or more")
    boolean isEpochsToTrain() {
        return epochs > 0 || mode.equals("convert");
    }

    @AssertTrue(message = "norm: a model with batch normalization has bn already; convert it to another")
    boolean isNormToConvertTo() {
        return !mode.equals("convert") || !norm.equals("bn");
    }

    /** Images of a step. */
    int stepImages() {
        return batch * accumulation;
    }

    /** Peak learning rate of steps of this size. */
    double scaledRate() {
        return learningRate * stepImages() / referenceBatch;
    }
}
