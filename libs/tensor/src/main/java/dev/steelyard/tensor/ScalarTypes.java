package dev.steelyard.tensor;

import dev.steelyard.artifacts.safetensors.DType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Element types of safetensors and those of libtorch: the same bits under two names. */
public final class ScalarTypes {
    private ScalarTypes() {}

    public static ScalarType of(DType type) {
        return switch (type) {
            case BOOL -> ScalarType.Bool;
            case U8 -> ScalarType.Byte;
            case I8 -> ScalarType.Char;
            case F8_E5M2 -> ScalarType.Float8_e5m2;
            case F8_E4M3 -> ScalarType.Float8_e4m3fn;
            case I16 -> ScalarType.Short;
            case U16 -> ScalarType.UInt16;
            case F16 -> ScalarType.Half;
            case BF16 -> ScalarType.BFloat16;
            case I32 -> ScalarType.Int;
            case U32 -> ScalarType.UInt32;
            case F32 -> ScalarType.Float;
            case C64 -> ScalarType.ComplexFloat;
            case F64 -> ScalarType.Double;
            case I64 -> ScalarType.Long;
            case U64 -> ScalarType.UInt64;
        };
    }
}
