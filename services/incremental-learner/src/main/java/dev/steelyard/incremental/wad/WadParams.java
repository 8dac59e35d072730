package dev.steelyard.incremental.wad;

import dev.steelyard.method.Param;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;

/** Parameters of {@link Wad}. */
public record WadParams(
        @Param(
                value =
                        "What images of the pool count: wad (how sure the teacher is of their class), none (all the same), "
                                + "threshold (FixMatch: those the student itself is sure of) or supervised (nothing).",
                defaultValue = "\"wad\"")
        @Pattern(regexp = "wad|none|threshold|supervised")
        String weighting,

        @Param(value = "Whether to train a student on the labelled images alone beside it.", defaultValue = "true")
        boolean supervised,

        @Param(value = "The teacher. With input teacher, what that one is.", defaultValue = "{}") @Valid
        TeacherParams teacher,

        @Param(value = "How random views are made, for the teacher and for its judgement.", defaultValue = "{}") @Valid
        ViewParams augmentation,

        @Param(value = "Views of an image whose mean embedding is compared; 1: as published.", defaultValue = "8")
        @Min(1)
        @Max(32)
        int views,

        @Param(
                value = "Nearest labelled images of a class whose mean cosine is its score; 1: as published.",
                defaultValue = "1")
        @Min(1)
        @Max(64)
        int neighbours,

        @Param(
                value =
                        "Which labelled images the pool is compared with: grown (promoted ones too, as published) or given "
                                + "(the user's alone, so that a wrongly promoted image cannot vouch for others of its kind).",
                defaultValue = "\"grown\"")
        @Pattern(regexp = "grown|given")
        String neighbourhood,

        @Param(
                value = "Share of the pool whose weights, the smallest, are set to 0; what is cut is not promoted.",
                defaultValue = "0")
        @DecimalMin("0")
        @DecimalMax(value = "1", inclusive = false)
        double cut,

        @Param(value = "Whether weights are divided by their mean.", defaultValue = "false")
        boolean normalize,

        @Param(value = "The student.", defaultValue = "{}") @Valid
        StudentParams student,

        @Param(
                value = "Rounds S in which labels are given to images of the pool; one more is trained.",
                defaultValue = "5")
        @Min(0)
        @Max(20)
        int rounds,

        @Param(
                value = "Share of the pool α that labels are given to: α(1 − i/S)² of what is left after round i.",
                defaultValue = "0.1")
        @DecimalMin("0")
        @DecimalMax("0.5")
        double alpha,

        @Param(value = "Probability from which on the threshold takes a label for true.", defaultValue = "0.95")
        @DecimalMin("0")
        @DecimalMax("1")
        double confidence) {

    /** Whether students see images that are changed strongly. */
    boolean changesStrongly() {
        return weighting.equals("threshold") || !student.strong().equals("none");
    }

    /** Whether a teacher is needed. */
    boolean isTaught() {
        return weighting.equals("wad") || weighting.equals("none");
    }
}
