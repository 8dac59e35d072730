package dev.steelyard.incremental.weightcompander;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.nn.CompandedWeight;
import dev.steelyard.tensor.nn.Weight;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * What a weight looks like at one moment.
 *
 * @param deviation of its values
 * @param nearZero share of values below a tenth of their deviation
 * @param nearInitialZero share of values below a tenth of their initial deviation
 * @param kurtosis E(w−μ)⁴/σ⁴; 3 for a normal distribution
 * @param norm ‖w‖
 * @param largest max |w|
 * @param trained of a companded weight; all NaN for others
 */
record WeightShape(
        double deviation,
        double nearZero,
        double nearInitialZero,
        double kurtosis,
        double norm,
        double largest,
        Trained trained) {
    static final int FIELDS = 10;

    /**
     * What belongs to v.
     *
     * @param a scale of w
     * @param b scale of v
     * @param saturated share of values whose slope is less than 1 % of that at 0
     * @param norm ‖v‖, which weight decay is on
     */
    record Trained(double a, double b, double saturated, double norm) {
        static final Trained NONE = new Trained(Double.NaN, Double.NaN, Double.NaN, Double.NaN);

        private static Trained of(CompandedWeight weight) {
            double b = weight.b();
            long saturated = 0;
            double squares = 0;
            float[] values = Tensors.toFloats(weight.v());
            for (float v : values) {
                squares += (double) v * v;
                if (v / b * (v / b) > 99) {
                    saturated++;
                }
            }
            return new Trained(weight.a(), b, (double) saturated / values.length, Math.sqrt(squares));
        }
    }

    /**
     * @param exported w
     * @param initialDeviation σ of the weight's values at the start; NaN: take that of these values
     */
    static WeightShape of(Weight weight, Supplier<Tensor> exported, double initialDeviation) {
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            float[] values = Tensors.toFloats(exported.get());
            Trained trained = weight instanceof CompandedWeight companded ? Trained.of(companded) : Trained.NONE;
            return of(values, initialDeviation, trained);
        }
    }

    private static WeightShape of(float[] values, double initialDeviation, Trained trained) {
        int n = values.length;
        double sum = 0;
        double largest = 0;
        double length = 0;
        for (float w : values) {
            sum += w;
            length += (double) w * w;
            largest = Math.max(largest, Math.abs(w));
        }
        double mean = sum / n;
        double squares = 0;
        double fourths = 0;
        for (float w : values) {
            double square = (w - mean) * (w - mean);
            squares += square;
            fourths += square * square;
        }
        double deviation = Math.sqrt(squares / n);
        double initial = Double.isNaN(initialDeviation) ? deviation : initialDeviation;
        return new WeightShape(
                deviation,
                below(values, deviation / 10),
                below(values, initial / 10),
                fourths / n / Math.pow(deviation, 4),
                Math.sqrt(length),
                largest,
                trained);
    }

    private static double below(float[] values, double limit) {
        long count = 0;
        for (float w : values) {
            if (Math.abs(w) < limit) {
                count++;
            }
        }
        return (double) count / values.length;
    }

    /** max |w|/(aπ/2), [0, 1); NaN without a compander. */
    double reach() {
        return largest / (trained.a * Math.PI / 2);
    }

    double[] row() {
        return new double[] {
            deviation,
            nearZero,
            nearInitialZero,
            kurtosis,
            norm,
            largest,
            trained.a,
            trained.b,
            trained.saturated,
            trained.norm
        };
    }

    static WeightShape of(double[] row, int at) {
        return new WeightShape(
                row[at],
                row[at + 1],
                row[at + 2],
                row[at + 3],
                row[at + 4],
                row[at + 5],
                new Trained(row[at + 6], row[at + 7], row[at + 8], row[at + 9]));
    }
}
