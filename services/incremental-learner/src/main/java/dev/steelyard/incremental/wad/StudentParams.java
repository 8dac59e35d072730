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

/** How the student is made and trained, as a parameter of its own: {@code {"iterations": 200, "mirror": false}}. */
public record StudentParams(
        @Param(
                value = "Network: conv (convolutions with stride 2), cnn, strided, residual or mlp.",
                defaultValue = "\"conv\"")
        @Pattern(regexp = "conv|cnn|strided|residual|mlp")
        String network,

        @Param(value = "Channels of convolutions, or units of hidden layers.", defaultValue = "[32, 64, 128]")
        @Size(min = 1, max = 8)
        List<@Min(1) @Max(8192) Integer> hidden,

        @Param(value = "Steps of a round.", defaultValue = "1500") @Min(1) @Max(1_000_000)
        int iterations,

        @Param(value = "Labelled images of a batch.", defaultValue = "32") @Min(2) @Max(65_536)
        int batch,

        @Param(value = "Images of the pool in a batch.", defaultValue = "32") @Min(2) @Max(65_536)
        int unlabelledBatch,

        @Param(value = "Learning rate.", defaultValue = "5e-4")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("1")
        double learningRate,

        @Param(value = "Optimizer, which starts anew in each round.", defaultValue = "{\"name\": \"adam\"}") @Valid
        OptimizerParams optimizer,

        @Param(value = "Whether half of the training images are mirrored.", defaultValue = "true")
        boolean mirror,

        @Param(value = "Pixels by which training images are moved at most.", defaultValue = "2") @Min(0) @Max(64)
        int shift,

        @Param(value = "Deviation of the noise added to training images.", defaultValue = "0.15")
        @DecimalMin("0")
        @DecimalMax("10")
        double noise,

        @Param(
                value =
                        "Whether images are brought to equal contrast and whitened (GCN, ZCA) by what all images have in "
                                + "common; at most 4096 values an image.",
                defaultValue = "false")
        boolean whiten,

        @Param(
                value = "Decay rate of a moving average of each student's weights, which then judges the pool, is "
                        + "tested and comes out; 0: none, as published.",
                defaultValue = "0")
        @DecimalMin("0")
        @DecimalMax(value = "1", inclusive = false)
        double average,

        @Param(
                value = "Which images the running statistics of batch normalization are of: labelled, or all that the "
                        + "student sees.",
                defaultValue = "\"labelled\"")
        @Pattern(regexp = "labelled|all")
        String statistics,

        @Param(
                value =
                        "Which training images are changed strongly instead (two transformations of RandAugment, Cutout): "
                                + "none, as published, those of the pool, or all. The threshold changes the pool's in any case.",
                defaultValue = "\"none\"")
        @Pattern(regexp = "none|pool|all")
        String strong) {

    @AssertTrue(message = "hidden: a cnn has two convolutions")
    boolean isHiddenOfNetwork() {
        return !network.equals("cnn") || hidden.size() == 2;
    }
}
