package dev.steelyard.models.llama;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The type that weights are multiplied in. Norms, attention, residual sums and the loss stay in single precision: libtorch
 * differentiates attention of bfloat16 seven times as slowly as that of floats.
 */
enum Arithmetic {
    FLOAT(ScalarType.Float),

    /** Operands rounded to 8 bits of precision, sums in single precision. */
    BFLOAT16(ScalarType.BFloat16);

    private final ScalarType type;

    Arithmetic(ScalarType type) {
        this.type = type;
    }

    /** The tensor itself where it has the type already. */
    Tensor operand(Tensor x) {
        return this == FLOAT ? x : x.to(type);
    }

    /** xWᵀ, of this type; x is an operand. */
    Tensor linear(Tensor x, Tensor weight) {
        return torch.linear(x, operand(weight));
    }
}
