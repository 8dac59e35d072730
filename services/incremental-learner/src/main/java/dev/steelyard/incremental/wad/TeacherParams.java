package dev.steelyard.incremental.wad;

import dev.steelyard.incremental.training.OptimizerParams;
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

/** How the teacher is made and trained, as a parameter of its own: {@code {"epochs": 15, "batch": 256}}. */
public record TeacherParams(
        @Param(
                value =
                        "Encoder: conv (convolutions with stride 2), strided (pairs of convolutions) or residual (a block "
                                + "for each number).",
                defaultValue = "\"conv\"")
        @Pattern(regexp = "conv|strided|residual")
        String network,

        @Param(value = "Channels of the encoder's convolutions.", defaultValue = "[32, 64, 128]")
        @Size(min = 1, max = 8)
        List<@Min(1) @Max(2048) Integer> hidden,

        @Param(value = "Numbers that the projection head gives.", defaultValue = "128") @Min(2) @Max(2048)
        int projection,

        @Param(value = "Passes over all images; 0: as it comes.", defaultValue = "100") @Min(0) @Max(10_000)
        int epochs,

        @Param(value = "Images of a batch, two views each.", defaultValue = "128") @Min(2) @Max(8192)
        int batch,

        @Param(
                value = "Temperature τ of the contrastive loss; e^(1/τ) must be a number of single precision.",
                defaultValue = "0.5")
        @DecimalMin("0.02")
        @DecimalMax("10")
        double temperature,

        @Param(value = "Learning rate of the first step.", defaultValue = "0.1")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("10")
        double learningRate,

        @Param(
                value = "What the learning rate is raised by during warm-up; from there it falls along a cosine.",
                defaultValue = "10")
        @DecimalMin("1")
        @DecimalMax("1000")
        double rise,

        @Param(value = "Passes of warm-up; 0: none, and the rate is not raised.", defaultValue = "10")
        @Min(0)
        @Max(1000)
        int warmUp,

        @Param(value = "Optimizer.", defaultValue = "{\"name\": \"sgd\", \"weightDecay\": 1e-6}") @Valid
        OptimizerParams optimizer) {

    @AssertTrue(message = "warmUp: must be less than epochs")
    boolean isWarmUpWithinRun() {
        return epochs == 0 || warmUp < epochs;
    }
}
