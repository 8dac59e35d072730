package dev.steelyard.incremental.weightcompander;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.util.Arrays;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * How values lie between −6 and 6 times a scale. The first and the last bin take in what is beyond.
 *
 * @param counts {@value #BINS}
 */
record Histogram(long[] counts) {
    static final double EDGE = 6;
    static final int BINS = 120;

    static Histogram of(Supplier<Tensor> values, double scale) {
        long[] counts = new long[BINS];
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            for (float value : Tensors.toFloats(values.get())) {
                double at = (value / scale + EDGE) / (2 * EDGE) * BINS;
                counts[(int) Math.clamp(at, 0, BINS - 1)]++;
            }
        }
        return new Histogram(counts);
    }

    /** Counts as shares of the largest one. */
    double[] heights() {
        double most = Math.max(1, Arrays.stream(counts).max().orElse(1));
        return Arrays.stream(counts).mapToDouble(count -> count / most).toArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Histogram histogram && Arrays.equals(counts, histogram.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counts);
    }
}
