package dev.steelyard.quantizer.rtn;

import dev.steelyard.method.Param;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Size;
import java.util.List;

/** Parameters of {@link Rtn}. */
public record RtnParams(
        @Param(value = "Bits of a quantized weight: 4 or 8.", defaultValue = "4") @Min(4) @Max(8)
        int bits,

        @Param(
                value =
                        "Neighbouring weights of an output channel that share a scale; must divide the number of inputs "
                                + "of every quantized matrix. 0: one scale for each output channel.",
                defaultValue = "128")
        @Min(0)
        @Max(1 << 20)
        int group,

        @Param(
                value =
                        "Whether 0 lies in the middle of the integers; otherwise each group has a zero point besides its "
                                + "scale.",
                defaultValue = "true")
        boolean symmetric,

        @Param(
                value = "Modules to quantize, by names as in the checkpoint without \".weight\"; * stands for any "
                        + "characters.",
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
}
