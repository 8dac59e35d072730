package dev.steelyard.tensor.nn;

import dev.steelyard.tensor.Shares;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.kernels.Kernels;
import dev.steelyard.tensor.nn.FloatDeviations.Sums;
import java.lang.foreign.MemorySegment;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Standardized weights in two passes over memory each way, where libtorch makes eight operations of it; in single
 * precision only. To libtorch Ŵ is a copy of W, whose gradient a hook turns from ∂L/∂Ŵ into ∂L/∂W:
 *
 * <pre>
 * ∂L/∂W = (g − mean(g))/d − c·⟨g, c⟩·k/d²,  c = W − mean(W),  k = d'(c)/c
 * </pre>
 */
final class FusedStandardization implements Weight {
    private final WeightStandardization rule;
    private final Tensor w; // [out, …]
    private final MemorySegment values;
    private final int rows;
    private final int columns;
    private final float[] mean; // of each row, as at the last forward pass
    private final double[] divisor; // d
    private final double[] slope; // k
    private final TensorTensorHook backward;

    FusedStandardization(WeightStandardization rule, ParameterStore store, Tensor w) {
        this.rule = rule;
        this.w = w;
        this.values = Tensors.segment(w);
        this.rows = (int) w.size(0);
        this.columns = (int) (w.numel() / rows);
        this.mean = new float[rows];
        this.divisor = new double[rows];
        this.slope = new double[rows];
        this.backward = store.keep(new Backward());
    }

    /** Whether this way is open: single precision, row after row, and vectors in this JVM. */
    static boolean fits(Tensor w) {
        return Kernels.best().vectorized()
                && w.scalar_type().intern() == ScalarType.Float
                && w.is_contiguous()
                && w.numel() / w.size(0) <= Integer.MAX_VALUE / 2;
    }

    @Override
    public Tensor value() {
        Tensor standardized = w.clone();
        MemorySegment out = Tensors.segment(standardized);
        Shares.of(rows, values.byteSize() / Float.BYTES, (from, to) -> {
            for (int row = from; row < to; row++) {
                standardize(row, out);
            }
        });
        if (standardized.requires_grad()) {
            standardized.register_hook(backward);
        }
        return standardized;
    }

    private void standardize(int row, MemorySegment out) {
        Sums sums = FloatDeviations.ofSquares(values, offset(row), columns, 0);
        mean[row] = (float) (sums.first() / columns);
        Sums centered = FloatDeviations.ofSquares(values, offset(row), columns, mean[row]);
        divisor[row] = rule.divisor(centered.second(), columns);
        slope[row] = rule.slope(centered.second(), columns);
        FloatDeviations.divide(out, values, offset(row), columns, mean[row], (float) divisor[row]);
    }

    private Tensor gradient(Tensor g) {
        Tensor gradient = torch.empty_like(g);
        MemorySegment in = Tensors.segment(g);
        MemorySegment out = Tensors.segment(gradient);
        Shares.of(rows, values.byteSize() / Float.BYTES, (from, to) -> {
            for (int row = from; row < to; row++) {
                Sums sums = FloatDeviations.ofProducts(in, values, offset(row), columns, mean[row]);
                double d = divisor[row];
                FloatDeviations.combine(
                        out,
                        in,
                        values,
                        offset(row),
                        columns,
                        (float) (1 / d),
                        (float) (sums.first() / columns),
                        (float) (sums.second() * slope[row] / (d * d)),
                        mean[row]);
            }
        });
        return gradient;
    }

    private long offset(int row) {
        return (long) row * columns * Float.BYTES;
    }

    private final class Backward extends TensorTensorHook {
        @Override
        public TensorBase call(TensorBase g) {
            return gradient(new Tensor(g).contiguous());
        }
    }
}
