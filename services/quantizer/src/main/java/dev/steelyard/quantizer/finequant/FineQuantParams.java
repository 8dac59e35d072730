package dev.steelyard.quantizer.finequant;

import dev.steelyard.method.Param;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Size;
import java.util.List;

/** Parameters of {@link FineQuant}. */
public record FineQuantParams(
        @Param(value = "Bits of a quantized weight: 4 or 8.", defaultValue = "4") @Min(4) @Max(8)
        int bits,

        @Param(
                value =
                        "Share by which each halving of the group must shrink the range that a scale covers, or the larger "
                                + "group is kept. Without outliers a halving gains 0.05 to 0.14, with them at most 0.29.",
                defaultValue = "0.15")
        @DecimalMin("0.0")
        @DecimalMax("0.29")
        double threshold,

        @Param(value = "Smallest group: a power of two.", defaultValue = "64") @Min(32) @Max(1 << 20)
        int minGroup,

        @Param(
                value = "Largest group below one scale for each output channel, a power of two; some readers know only "
                        + "groups up to 128. 0: no bound.",
                defaultValue = "0")
        @Min(0)
        @Max(1 << 20)
        int maxGroup,

        @Param(
                value =
                        "Modules to quantize, by names as in the checkpoint without \".weight\"; * stands for any characters.",
                defaultValue = "[\"*\"]")
        @NotEmpty
        @Size(max = 10_000)
        List<String> targets,

        @Param(value = "Modules to leave as they are, in the same form.", defaultValue = "[\"lm_head\"]")
        @Size(max = 10_000)
        List<String> ignore) {

    @AssertTrue(message = "bits: expected 4 or 8")
    boolean isWholeNibbles() {
        return bits == 4 || bits == 8;
    }

    @AssertTrue(message = "minGroup, maxGroup: expected powers of two, minGroup the smaller")
    boolean isInPowersOfTwo() {
        return Integer.bitCount(minGroup) == 1
                && (maxGroup == 0 || (Integer.bitCount(maxGroup) == 1 && maxGroup >= minGroup));
    }
}
