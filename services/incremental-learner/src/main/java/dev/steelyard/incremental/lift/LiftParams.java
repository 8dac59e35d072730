package dev.steelyard.incremental.lift;

import dev.steelyard.incremental.training.ScheduleParams;
import dev.steelyard.method.Param;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;

/** Parameters of {@link Lift}. */
public record LiftParams(
        @Param(
                value = "What is trained: sparse (chosen entries of the targets), lora (a low-rank addition to the "
                        + "targets, as a baseline) or full (all weights, as a baseline).",
                defaultValue = "\"sparse\"")
        @Pattern(regexp = "sparse|lora|full")
        String tuning,

        @Param(
                value = "By what entries are chosen: lift (largest after rank reduction), or as baselines magnitude, "
                        + "gradient, random, or smallest (after rank reduction).",
                defaultValue = "\"lift\"")
        @Pattern(regexp = "lift|magnitude|gradient|random|smallest")
        String selection,

        @Param(
                value = "Budget ρ: as many entries of a weight are trained as a low-rank adapter of this rank has "
                        + "parameters. Of lora: the rank.",
                defaultValue = "128")
        @Min(1)
        @Max(65_536)
        int budgetRank,

        @Param(value = "Share of a weight's entries that is trained; 0: by budgetRank.", defaultValue = "0")
        @DecimalMin("0")
        @DecimalMax("1")
        double density,

        @Param(value = "Rank r that weights are reduced to before entries are chosen.", defaultValue = "128")
        @Min(1)
        @Max(65_536)
        int lraRank,

        @Param(
                value = "Steps after which entries are chosen anew, with moments carried over; 0: never.",
                defaultValue = "400")
        @Min(0)
        int refresh,

        @Param(
                value = "Weights to train, by name; * stands for any characters. Others stay as they are.",
                defaultValue = "[\"*_proj.weight\"]")
        @Size(min = 1, max = 1000)
        List<String> targets,

        @Param(value = "Of lora: α as a multiple of the rank.", defaultValue = "2")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("1000")
        double loraAlpha,

        @Param(value = "Learning rate at its peak.", defaultValue = "0.0002")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("10")
        double learningRate,

        @Param(value = "How the learning rate moves.", defaultValue = "{\"shape\": \"linear\", \"warmUp\": 0.03}")
        @Valid
        ScheduleParams schedule,

        @Param(value = "Decay rate of the first moment.", defaultValue = "0.9")
        @DecimalMin("0")
        @DecimalMax(value = "1", inclusive = false)
        double beta1,

        @Param(value = "Decay rate of the second moment.", defaultValue = "0.95")
        @DecimalMin("0")
        @DecimalMax(value = "1", inclusive = false)
        double beta2,

        @Param(value = "Added to the root of the second moment.", defaultValue = "1e-6")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("0.01")
        double epsilon,

        @Param(value = "Weight decay of what is trained.", defaultValue = "0") @DecimalMin("0") @DecimalMax("10")
        double weightDecay,

        @Param(value = "Passes over the data.", defaultValue = "3") @Min(1) @Max(10_000)
        int epochs,

        @Param(value = "Steps to train; 0: as many as epochs say.", defaultValue = "0") @Min(0) @Max(100_000_000)
        int steps,

        @Param(value = "Sequences of a batch.", defaultValue = "16") @Min(1) @Max(65_536)
        int batch,

        @Param(value = "Batches whose mean gradient makes one step.", defaultValue = "1") @Min(1) @Max(65_536)
        int accumulate,

        @Param(value = "Largest norm of the gradient of what is trained; 0: any.", defaultValue = "0") @DecimalMin("0")
        double clip,

        @Param(
                value = "Longest sequence in tokens, at most what the model takes. Longer texts are cut into several "
                        + "sequences, longer answers are cut off.",
                defaultValue = "2048")
        @Min(2)
        @Max(1 << 20)
        int maxLength,

        @Param(
                value = "Steps after which the losses on validation and retention are measured; 0: only before and "
                        + "after the run.",
                defaultValue = "0")
        @Min(0)
        int evaluateEvery,

        @Param(
                value = "fp32; or bf16: matrices are multiplied as bfloat16, all else stays in single precision.",
                defaultValue = "\"fp32\"")
        @Pattern(regexp = "fp32|bf16")
        String precision) {}
