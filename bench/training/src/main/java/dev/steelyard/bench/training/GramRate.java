package dev.steelyard.bench.training;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.linalg.SymmetricMatrix;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Samples a second that analytic learning takes in, h = relu(xW) and A ← A + HᵀH, and the share of the machine's peak in
 * matrix products that this is. Arguments: threads, float or double. Prints "samples/s share".
 */
public final class GramRate {
    private static final int FEATURES = 784;
    private static final int EXPANSION = 8192;
    private static final int BLOCK = 1024;
    private static final int BLOCKS = 6;
    private static final int PEAK_SIZE = 3072;

    private GramRate() {}

    public static void main(String[] args) {
        Torch.start(Integer.parseInt(args[0]));
        ScalarType type = args[1].equals("double") ? ScalarType.Double : ScalarType.Float;
        double rate = rate(type);
        double work = 2.0 * FEATURES * EXPANSION + (double) EXPANSION * EXPANSION;
        System.out.printf(Locale.ROOT, "%.1f %.3f%n", rate, rate * work / peak(type));
    }

    private static double rate(ScalarType type) {
        long best = Long.MAX_VALUE;
        try (var _ = TensorScope.open();
                var gram = new SymmetricMatrix(EXPANSION)) {
            Tensor x = torch.rand(new long[] {BLOCK, FEATURES}, Tensors.options(type));
            Tensor w = torch.rand(new long[] {FEATURES, EXPANSION}, Tensors.options(type));
            for (int i = 0; i < BLOCKS; i++) {
                long start = System.nanoTime();
                try (var _ = TensorScope.open()) {
                    gram.addGram(torch.relu_(x.mm(w)), 1);
                }
                best = Math.min(best, System.nanoTime() - start);
            }
        }
        return BLOCK * 1e9 / best;
    }

    /** Operations a second of a square product. */
    private static double peak(ScalarType type) {
        long best = Long.MAX_VALUE;
        try (var _ = TensorScope.open()) {
            Tensor a = torch.rand(new long[] {PEAK_SIZE, PEAK_SIZE}, Tensors.options(type));
            for (int i = 0; i < BLOCKS; i++) {
                long start = System.nanoTime();
                try (var _ = TensorScope.open()) {
                    torch.mm(a, a);
                }
                best = Math.min(best, System.nanoTime() - start);
            }
        }
        return 2e9 * Math.pow(PEAK_SIZE, 3) / best;
    }
}
