package dev.steelyard.incremental.adamp;

import dev.steelyard.incremental.training.ReparamParams;
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
import java.util.Optional;

/** Parameters of {@link AdamPTraining}. */
public record AdamPParams(
        @Param(value = "Optimizer: adamp, sgdp, adam, adamw or sgd.", defaultValue = "\"adamp\"")
        @Pattern(regexp = "adamp|sgdp|adam|adamw|sgd")
        String optimizer,

        @Param(
                value =
                        "Whether to train the same model without projection beside it, from the same weights and on the "
                                + "same batches, and to report both.",
                defaultValue = "false")
        boolean compare,

        @Param(
                value = "Network: mlp (linear layers) or cnn (two convolutions), both with batch normalization.",
                defaultValue = "\"mlp\"")
        @Pattern(regexp = "mlp|cnn")
        String network,

        @Param(
                value = "Units of each hidden layer of an mlp, or channels of the two convolutions of a cnn.",
                defaultValue = "[256, 256]")
        @Size(min = 1, max = 8)
        List<@Min(1) @Max(8192) Integer> hidden,

        @Param(value = "Learning rate at its peak.", defaultValue = "0.001")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("10")
        double learningRate,

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

        @Param(
                value =
                        "Cosine below which a weight counts as scale invariant, before division by the root of its size; "
                                + "0: never project.",
                defaultValue = "0.1")
        @DecimalMin("0")
        @DecimalMax("1")
        double delta,

        @Param(value = "Weight decay of projected tensors, as a share of the full one.", defaultValue = "0.1")
        @DecimalMin("0")
        @DecimalMax("1")
        double decayRatio,

        @Param(value = "Whether to look one step of momentum ahead.", defaultValue = "false")
        boolean nesterov,

        @Param(value = "Learning rate after warm-up: cosine, linear or constant.", defaultValue = "\"cosine\"")
        @Pattern(regexp = "cosine|linear|constant")
        String schedule,

        @Param(value = "Steps of linear warm-up.", defaultValue = "0") @Min(0) @Max(1_000_000)
        int warmUp,

        @Param(value = "Passes over the training images.", defaultValue = "10") @Min(1) @Max(10_000)
        int epochs,

        @Param(value = "Images of a batch.", defaultValue = "50") @Min(2) @Max(65_536)
        int batch,

        @Param(value = "Share of the images that is kept for the test.", defaultValue = "0.2")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("0.9")
        double testShare,

        @Param(value = "Images to train on at most; 0: all that are not for the test.", defaultValue = "0") @Min(0)
        int trainLimit,

        @Param(value = "Parameters without weight decay, by name; * stands for any characters.", defaultValue = "[]")
        @Size(max = 1000)
        List<String> noDecay,

        @Param("What is trained in place of weights; weights themselves where it is left out.")
        Optional<@Valid ReparamParams> reparam) {

    ReparamParams reparamOrNone() {
        return reparam.orElseGet(ReparamParams::none);
    }

    @AssertTrue(message = "nesterov: needs a momentum above 0")
    boolean isNesterovWithMomentum() {
        return !nesterov || momentum > 0 || optimizer.startsWith("adam");
    }

    @AssertTrue(message = "hidden: a cnn has two convolutions")
    boolean isHiddenOfNetwork() {
        return !network.equals("cnn") || hidden.size() == 2;
    }
}
