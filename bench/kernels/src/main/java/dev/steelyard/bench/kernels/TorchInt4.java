package dev.steelyard.bench.kernels;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * libtorch's own product with 4-bit weights in groups of 128, {@code _weight_int4pack_mm_for_cpu}, on bfloat16
 * activations, which is what it is written for. Reached through TorchScript, since the Java binding leaves it out.
 */
final class TorchInt4 {
    private static final String SCRIPT = """
            def pack(w: Tensor) -> Tensor:
                return torch._convert_weight_to_int4pack_for_cpu(w, 1)
            def mm(x: Tensor, w: Tensor, s: Tensor) -> Tensor:
                return torch._weight_int4pack_mm_for_cpu(x, w, 128, s)
            """;

    private final CompilationUnit unit = torch.compile(SCRIPT);
    private final List<Tensor> weights = new ArrayList<>();
    private final Tensor scales;
    private final Tensor x;

    /** Packs one random matrix and copies it {@code count} times. Tensors belong to the innermost scope. */
    TorchInt4(int n, int k, int count) {
        Tensor codes = torch.randint(16, new long[] {n, k}, Tensors.options(ScalarType.Int));
        Tensor packed = call(0, codes);
        for (int i = 0; i < count; i++) {
            weights.add(packed.clone());
        }
        scales = torch.rand(new long[] {k / 128, n, 2}, Tensors.options(ScalarType.Float))
                .to(ScalarType.BFloat16);
        x = torch.rand(new long[] {1, k}, Tensors.options(ScalarType.Float)).to(ScalarType.BFloat16);
    }

    /** Mean milliseconds of one product over one pass. */
    double pass() {
        long start = System.nanoTime();
        for (Tensor w : weights) {
            try (var _ = TensorScope.open()) {
                call(1, x, w, scales);
            }
        }
        return (System.nanoTime() - start) / 1e6 / weights.size();
    }

    private Tensor call(int function, Tensor... arguments) {
        Function f = unit.get_functions().get(function);
        IValueVector stack = new IValueVector();
        for (Tensor argument : arguments) {
            stack.push_back(new IValue(argument));
        }
        return f.apply(stack).toTensor();
    }
}
