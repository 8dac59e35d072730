package dev.steelyard.incremental.wad;

import dev.steelyard.method.Param;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;

/** How random views are made: {@code {"cropMin": 0.4, "rotation": 15, "mirror": 0, "jitter": 0, "grey": 0}}. */
public record ViewParams(
        @Param(
                value = "Smallest share of an image's area that a crop takes; 1 with cropMax 1: no crop.",
                defaultValue = "0.08")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("1")
        double cropMin,

        @Param(value = "Largest share of an image's area that a crop takes.", defaultValue = "1")
        @DecimalMin(value = "0", inclusive = false)
        @DecimalMax("1")
        double cropMax,

        @Param(value = "Largest rotation, degrees either way; 0: none.", defaultValue = "0")
        @DecimalMin("0")
        @DecimalMax("180")
        double rotation,

        @Param(value = "Share of views that are mirrored, for training only.", defaultValue = "0.5")
        @DecimalMin("0")
        @DecimalMax("1")
        double mirror,

        @Param(value = "Share of views whose colours are changed.", defaultValue = "0.8")
        @DecimalMin("0")
        @DecimalMax("1")
        double jitter,

        @Param(value = "Brightness changes by factors up to 1 ± this.", defaultValue = "0.4")
        @DecimalMin("0")
        @DecimalMax("1")
        double brightness,

        @Param(value = "Contrast changes by factors up to 1 ± this.", defaultValue = "0.4")
        @DecimalMin("0")
        @DecimalMax("1")
        double contrast,

        @Param(value = "Saturation changes by factors up to 1 ± this; colour images.", defaultValue = "0.4")
        @DecimalMin("0")
        @DecimalMax("1")
        double saturation,

        @Param(value = "Hue moves by up to this share of the circle; colour images.", defaultValue = "0.1")
        @DecimalMin("0")
        @DecimalMax("0.5")
        double hue,

        @Param(value = "Share of views without colour; colour images.", defaultValue = "0.2")
        @DecimalMin("0")
        @DecimalMax("1")
        double grey) {

    @AssertTrue(message = "cropMin: must not be above cropMax")
    boolean isCropRange() {
        return cropMin <= cropMax;
    }

    /** Of digits: crops of 0.4 to 1, ±15°, neither mirrored nor changed in colour. */
    static ViewParams digits() {
        return new ViewParams(0.4, 1, 15, 0, 0, 0, 0, 0, 0, 0);
    }
}
