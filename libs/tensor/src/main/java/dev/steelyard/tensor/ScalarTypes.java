package dev.steelyard.tensor;

import dev.steelyard.artifacts.safetensors.DType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Element types of safetensors and those of libtorch: the same bits under two names. */
public final class ScalarTypes {
    private ScalarTypes() {}

    /**
     * The type of the same bits.
     *
     * @throws IllegalArgumentException when libtorch has none whose elements stand alone
     */
    public static ScalarType of(DType type) {
        return switch (type) {
            case BOOL -> ScalarType.Bool;
            case U8 -> ScalarType.Byte;
            case I8 -> ScalarType.Char;
            case F8_E5M2 -> ScalarType.Float8_e5m2;
            case F8_E4M3 -> ScalarType.Float8_e4m3fn;
            case F8_E8M0 -> ScalarType.Float8_e8m0fnu;
            case F8_E4M3FNUZ -> ScalarType.Float8_e4m3fnuz;
            case F8_E5M2FNUZ -> ScalarType.Float8_e5m2fnuz;
            case F4, F6_E2M3, F6_E3M2 -> throw new IllegalArgumentException("no tensor of packed type " + type);
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
