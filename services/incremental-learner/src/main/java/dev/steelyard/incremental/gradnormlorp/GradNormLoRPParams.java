package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.incremental.training.ScheduleParams;
import dev.steelyard.method.Param;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.LowRankSettings;
import dev.steelyard.tensor.train.LowRankSettings.Carried;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Locale;

/** Parameters of {@link GradNormLoRPTraining}. */
public record GradNormLoRPParams(
        @Param(
                value = "Rank of projected gradients. Matrices of no larger side keep all of theirs. From nothing a "
                        + "quarter of the width serves, for fine-tuning 4 or 8.",
                defaultValue = "32")
        @Min(1)
        @Max(8192)
        int rank,

        @Param(value = "Steps between two choices of a subspace.", defaultValue = "200") @Min(1) @Max(100_000)
        int refresh,

        @Param(
                value =
                        "Batches at least whose mean gradient a subspace is chosen by; that step's update is of the mean, "
                                + "too. One small batch's gradient is noisy.",
                defaultValue = "1")
        @Min(1)
        @Max(65536)
        int refreshBatches,

        @Param(
                value = "Multiplies what is projected back. From nothing 0.25 serves, for fine-tuning 4.",
                defaultValue = "0.25")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("1000")
        double scale,

        @Param(value = "Learning rate at its peak.", defaultValue = "0.01")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("10")
        double learningRate,

        @Param(value = "Bits of a moment: 8 or 32.", defaultValue = "8")
        int stateBits,

        @Param(value = "Type of projectors: bf16 or fp32.", defaultValue = "\"bf16\"") @Pattern(regexp = "bf16|fp32")
        String projectorDtype,

        @Param(value = "Whether row norms are trained apart from directions; false is GaLore.", defaultValue = "true")
        boolean normalize,

        @Param(
                value =
                        "How subspaces are found: exact, by the whole singular value decomposition, or randomized, which "
                                + "is faster for sides of 2,000 and more.",
                defaultValue = "\"exact\"")
        @Pattern(regexp = "exact|randomized")
        String svd,

        @Param(
                value =
                        "Linear weights to project, by name; * stands for any characters. Empty: those of attention and "
                                + "feed-forward layers.",
                defaultValue = "[]")
        @Size(max = 1000)
        List<String> targets,

        @Param(
                value = "What becomes of moments when a subspace is chosen anew: keep, reset or rotate.",
                defaultValue = "\"keep\"")
        @Pattern(regexp = "keep|reset|rotate")
        String moments,

        @Param(
                value = "gradnormlorp; or to compare with, lora: a low-rank addition of that rank to each target, or "
                        + "full: AdamW on all.",
                defaultValue = "\"gradnormlorp\"")
        @Pattern(regexp = "gradnormlorp|lora|full")
        String tuning,

        @Param(value = "lora: what the addition is multiplied by, times the rank.", defaultValue = "32")
        @DecimalMin(value = "0", inclusive = false)
        double loraAlpha,

        @Param(value = "Decay rate of the first moment.", defaultValue = "0.9")
        @DecimalMin("0")
        @DecimalMax(value = "1", inclusive = false)
        double beta1,

        @Param(value = "Decay rate of the second moment.", defaultValue = "0.999")
        @DecimalMin("0")
        @DecimalMax(value = "1", inclusive = false)
        double beta2,

        @Param(value = "Added to denominators.", defaultValue = "1e-6")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("0.01")
        double epsilon,

        @Param(value = "Weight decay.", defaultValue = "0") @DecimalMin("0")
        double weightDecay,

        @Param(
                value = "How the learning rate moves.",
                defaultValue = "{\"shape\": \"cosine\", \"warmUp\": 0.1, \"end\": 0.1}")
        @Valid
        ScheduleParams schedule,

        @Param(value = "Updates.", defaultValue = "1000") @Min(1) @Max(100_000_000)
        int steps,

        @Param(value = "Examples computed at once.", defaultValue = "16") @Min(1) @Max(65536)
        int batch,

        @Param(
                value = "Batches whose mean gradient makes one update; between choices of a subspace they are added up "
                        + "there, unless gradients are clipped.",
                defaultValue = "1")
        @Min(1)
        @Max(65536)
        int accumulate,

        @Param(value = "Largest norm of the gradient; 0: any.", defaultValue = "0") @DecimalMin("0")
        double clip,

        @Param(value = "Tokens of a window, or most tokens of a text to classify.", defaultValue = "128")
        @Min(2)
        @Max(65536)
        int context,

        @Param(
                value = "Share of the data kept for validation, where it has no part for it; 0: none.",
                defaultValue = "0.05")
        @DecimalMin("0")
        @DecimalMax("0.9")
        double validationShare,

        @Param(value = "Updates between validations; 0: at the end alone.", defaultValue = "200") @Min(0)
        int evaluateEvery,

        @Param(value = "Sizes of a decoder where no model is given.", defaultValue = "{}") @Valid
        NewDecoderParams decoder) {

    @AssertTrue(message = "stateBits: expected 8 or 32")
    boolean isStateBitsKnown() {
        return stateBits == 8 || stateBits == 32;
    }

    /** @param chooses whether subspaces are chosen in the step */
    int batches(boolean chooses) {
        return chooses ? Math.max(accumulate, refreshBatches) : accumulate;
    }

    AdamMoments adam() {
        return new AdamMoments(beta1, beta2, epsilon, false);
    }

    LowRankSettings settings() {
        return new LowRankSettings(
                rank,
                refresh,
                scale,
                normalize,
                projectorDtype.equals("bf16"),
                svd.equals("randomized"),
                stateBits,
                Carried.valueOf(moments.toUpperCase(Locale.ROOT)),
                adam(),
                weightDecay);
    }
}
