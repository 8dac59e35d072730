package dev.steelyard.incremental.weightcompander;

import dev.steelyard.incremental.training.Learner;
import dev.steelyard.method.JobContext;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.nn.CompandedWeight;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Weight;
import dev.steelyard.tensor.train.TrainingState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * How the weights of two dimensions or more look over a run, and what they looked like before it. Where there is an average
 * w is the average, which is exported; v, a and b are what is trained.
 */
final class ShapeLog implements Learner.Observer, TrainingState.Part {

    /**
     * A weight before the first step.
     *
     * @param exported w
     * @param deviation of the initial values, before any were clipped
     * @param v histogram of what is trained; of w itself without a compander
     */
    record Start(String name, Weight weight, Supplier<Tensor> exported, double deviation, Histogram w, Histogram v) {

        Histogram histogramOfW() {
            return Histogram.of(exported, deviation);
        }

        Histogram histogramOfV() {
            return Histogram.of(trained(weight)::value, deviation);
        }

        private static Start of(String name, Weight weight, Supplier<Tensor> exported) {
            double deviation = weight instanceof CompandedWeight companded
                    ? companded.deviation()
                    : WeightShape.of(weight, exported, Double.NaN).deviation();
            return new Start(
                    name,
                    weight,
                    exported,
                    deviation,
                    Histogram.of(exported, deviation),
                    Histogram.of(trained(weight)::value, deviation));
        }

        private static Weight trained(Weight weight) {
            return weight instanceof CompandedWeight companded ? companded::v : weight;
        }
    }

    /** @param step steps done */
    record Look(long step, WeightShape shape) {}

    private final JobContext job;
    private final String run;
    private final List<Start> starts = new ArrayList<>();
    private final long every;
    private final long steps;
    private final List<double[]> rows = new ArrayList<>(); // steps done, then the fields of each weight's shape

    /**
     * Looks at the weights as they are.
     *
     * @param run begins the names of metrics
     * @param averages of weights by their names; none where the weights themselves are exported
     * @param every steps between two looks; there is one after the last step
     */
    ShapeLog(JobContext job, String run, ParameterStore store, Map<String, Tensor> averages, long every, long steps) {
        this.job = job;
        this.run = run;
        this.every = every;
        this.steps = steps;
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            store.weights().forEach((name, weight) -> {
                if (weight.value().dim() > 1) {
                    Tensor average = averages.get(name);
                    starts.add(Start.of(name, weight, average == null ? weight::value : () -> average));
                }
            });
        }
        look(0);
    }

    List<Start> starts() {
        return starts;
    }

    /** All looks at the weight of an index in {@link #starts()}; the first is before the first step. */
    List<Look> looks(int weight) {
        return rows.stream()
                .map(row -> new Look((long) row[0], WeightShape.of(row, 1 + weight * WeightShape.FIELDS)))
                .toList();
    }

    @Override
    public void beforeUpdate(long step) {
        if (step == 0) {
            report();
        }
    }

    @Override
    public void afterUpdate(long step, double loss) {
        if ((step + 1) % every == 0 || step + 1 == steps) {
            look(step + 1);
            report();
        }
    }

    private void look(long done) {
        double[] row = new double[1 + starts.size() * WeightShape.FIELDS];
        row[0] = done;
        for (int i = 0; i < starts.size(); i++) {
            Start start = starts.get(i);
            WeightShape shape = WeightShape.of(start.weight, start.exported, start.deviation);
            System.arraycopy(shape.row(), 0, row, 1 + i * WeightShape.FIELDS, WeightShape.FIELDS);
        }
        rows.add(row);
    }

    /** The last look, as metrics. */
    private void report() {
        for (int i = 0; i < starts.size(); i++) {
            Look last = looks(i).getLast();
            report(starts.get(i).name, last.step, last.shape);
        }
    }

    private void report(String name, long step, WeightShape shape) {
        job.metric(run + "/near-zero/" + name, step, shape.nearZero());
        job.metric(run + "/kurtosis/" + name, step, shape.kurtosis());
        if (!Double.isNaN(shape.trained().a())) {
            job.metric(run + "/reach/" + name, step, shape.reach());
            job.metric(run + "/saturated/" + name, step, shape.trained().saturated());
            job.metric(run + "/a/" + name, step, shape.trained().a());
            job.metric(run + "/b/" + name, step, shape.trained().b());
        }
    }

    @Override
    public Map<String, Tensor> save() {
        int width = 1 + starts.size() * WeightShape.FIELDS;
        double[] flat = new double[rows.size() * width];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, flat, i * width, width);
        }
        return Map.of("looks", Tensors.of(flat, rows.size(), width));
    }

    @Override
    public void restore(Map<String, Tensor> saved) {
        Tensor looks = saved.get("looks");
        if (looks == null) {
            throw new IllegalArgumentException("saved shapes have no looks");
        }
        int width = 1 + starts.size() * WeightShape.FIELDS;
        double[] flat = Tensors.toDoubles(looks);
        rows.clear();
        for (int i = 0; i < flat.length; i += width) {
            rows.add(Arrays.copyOfRange(flat, i, i + width));
        }
    }
}
