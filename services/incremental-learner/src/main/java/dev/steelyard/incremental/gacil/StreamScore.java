package dev.steelyard.incremental.gacil;

import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.incremental.training.LineChart;
import dev.steelyard.method.JobContext;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.train.TrainingState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How well one learner knows the classes seen so far: A_AUC, the mean of the accuracies measured through the stream;
 * A_avg, their mean at the ends of tasks; A_last; and F_last, how much better a class was known at the end of an earlier
 * task than at the last one, the mean over classes that were seen before the last task and can be tested.
 */
final class StreamScore implements TrainingState.Part {
    private static final int AT_ONCE = 1024;

    private final JobContext job;
    private final StreamLearner learner;
    private final Labels labels;
    private final int[] test;
    private final List<LineChart.Point> curve = new ArrayList<>();
    private final List<Double> ends = new ArrayList<>();
    private final double[] best; // at the ends of tasks before the last one; NaN as below
    private double[] last; // NaN for a class that was not seen or has no rows to test with

    /**
     * @param job to look for cancellation in
     * @param test rows to test with
     */
    StreamScore(JobContext job, StreamLearner learner, Labels labels, int[] test) {
        this.job = job;
        this.learner = learner;
        this.labels = labels;
        this.test = test.clone();
        this.best = new double[labels.classes().size()];
        this.last = new double[labels.classes().size()];
        Arrays.fill(best, Double.NaN);
        Arrays.fill(last, Double.NaN);
    }

    StreamLearner learner() {
        return learner;
    }

    /**
     * Measures in mid-stream.
     *
     * @param seen by class
     * @return accuracy on the classes seen
     */
    double measure(long samples, boolean[] seen) throws InterruptedException {
        double accuracy = accuracy(seen, new double[best.length]);
        curve.add(new LineChart.Point(samples, accuracy));
        return accuracy;
    }

    /** Measures at the end of a task. */
    void endTask(boolean[] seen) throws InterruptedException {
        double[] each = new double[best.length];
        ends.add(accuracy(seen, each));
        for (int i = 0; i < best.length; i++) {
            best[i] = Double.isNaN(best[i]) ? last[i] : Math.max(best[i], last[i]);
        }
        last = each;
    }

    private double accuracy(boolean[] seen, double[] each) throws InterruptedException {
        int[] rows = Arrays.stream(test).filter(row -> seen[labels.id(row)]).toArray();
        int[] right = new int[each.length];
        int[] all = new int[each.length];
        for (int from = 0; from < rows.length; from += AT_ONCE) {
            job.checkCancelled();
            int[] block = Arrays.copyOfRange(rows, from, Math.min(from + AT_ONCE, rows.length));
            int[] found = learner.predict(block);
            for (int i = 0; i < block.length; i++) {
                int label = labels.id(block[i]);
                all[label]++;
                right[label] += found[i] == label ? 1 : 0;
            }
        }
        Arrays.setAll(each, i -> all[i] == 0 ? Double.NaN : (double) right[i] / all[i]);
        return rows.length == 0 ? 0 : (double) Arrays.stream(right).sum() / rows.length;
    }

    @Override
    public Map<String, Tensor> save() {
        return Map.of(
                "steps", numbers(curve.stream().mapToDouble(LineChart.Point::step)),
                "values", numbers(curve.stream().mapToDouble(LineChart.Point::value)),
                "ends", numbers(ends.stream().mapToDouble(Double::doubleValue)),
                "best", numbers(Arrays.stream(best)),
                "last", numbers(Arrays.stream(last)));
    }

    private static Tensor numbers(DoubleStream values) {
        double[] all = values.toArray();
        return Tensors.of(all, all.length);
    }

    @Override
    public void restore(Map<String, Tensor> saved) {
        double[] steps = numbers(saved, "steps");
        double[] values = numbers(saved, "values");
        curve.clear();
        for (int i = 0; i < steps.length; i++) {
            curve.add(new LineChart.Point(steps[i], values[i]));
        }
        ends.clear();
        Arrays.stream(numbers(saved, "ends")).forEach(ends::add);
        System.arraycopy(numbers(saved, "best"), 0, best, 0, best.length);
        last = numbers(saved, "last");
    }

    private static double[] numbers(Map<String, Tensor> saved, String name) {
        return Tensors.toDoubles(TrainingState.require(saved, name));
    }

    List<LineChart.Point> curve() {
        return List.copyOf(curve);
    }

    double auc() {
        return curve.stream().mapToDouble(LineChart.Point::value).average().orElse(0);
    }

    double accuracyAtEnd() {
        return ends.isEmpty() ? 0 : ends.getLast();
    }

    /** F_last; below 0 where classes became known better, 0 after a single task. */
    double forgotten() {
        return IntStream.range(0, best.length)
                .filter(i -> !Double.isNaN(best[i]))
                .mapToDouble(i -> best[i] - last[i])
                .average()
                .orElse(0);
    }

    ObjectNode describe() {
        ObjectNode node = Results.JSON.createObjectNode();
        node.put("name", learner.name());
        node.put("aAuc", auc());
        node.put(
                "aAvg", ends.stream().mapToDouble(Double::doubleValue).average().orElse(0));
        node.put("aLast", accuracyAtEnd());
        node.put("fLast", forgotten());
        ArrayNode tasks = node.putArray("taskEnds");
        ends.forEach(tasks::add);
        ArrayNode points = node.putArray("curve");
        curve.forEach(
                point -> points.addObject().put("samples", (long) point.step()).put("accuracy", point.value()));
        return node;
    }
}
