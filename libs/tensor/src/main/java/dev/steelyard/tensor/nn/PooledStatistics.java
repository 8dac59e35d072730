package dev.steelyard.tensor.nn;

import dev.steelyard.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** Mean and biased variance of each channel over many batches, as if they were one (Chan, Golub and LeVeque). */
final class PooledStatistics {
    private final double[] mean;
    private final double[] squares; // sum of squared deviations from the mean
    private long count;

    PooledStatistics(int channels) {
        mean = new double[channels];
        squares = new double[channels];
    }

    /**
     * @param means of a batch, [channels]
     * @param variances biased, [channels]
     * @param values of each channel in the batch
     */
    void add(Tensor means, Tensor variances, long values) {
        double[] m = Tensors.toDoubles(means);
        double[] v = Tensors.toDoubles(variances);
        double share = (double) values / (count + values);
        for (int c = 0; c < mean.length; c++) {
            double away = m[c] - mean[c];
            mean[c] += share * away;
            squares[c] += values * v[c] + count * share * away * away;
        }
        count += values;
    }

    void copyTo(Tensor meanOut, Tensor varianceOut) {
        double[] variance = new double[squares.length];
        for (int c = 0; c < variance.length; c++) {
            variance[c] = squares[c] / count;
        }
        meanOut.copy_(Tensors.of(mean, mean.length));
        varianceOut.copy_(Tensors.of(variance, variance.length));
    }
}
