package dev.steelyard.bench.training;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.train.Adam;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.AdamP;
import dev.steelyard.tensor.train.Decay;
import dev.steelyard.tensor.train.Momentum;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.ParameterGroup;
import dev.steelyard.tensor.train.Projection;
import dev.steelyard.tensor.train.Sgd;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Prints the time of a training step and of the optimizer's part in it, milliseconds, the 10th percentile, since other
 * processes only ever add: {@code StepTime <threads>
 * <workload> <optimizer> <steps>}. Half as many steps are run before, to warm up.
 */
public final class StepTime {
    private StepTime() {}

    public static void main(String[] args) {
        Torch engine = Torch.start(Integer.parseInt(args[0]));
        int steps = Integer.parseInt(args[3]);
        try (var workload = Workload.of(args[1], engine);
                var optimizer = optimizer(
                        args[2], List.of(ParameterGroup.of(workload.store().parameters(), 0.01)))) {
            run(workload, optimizer, steps / 2);
            double[][] millis = run(workload, optimizer, steps);
            System.out.printf(Locale.ROOT, "%.4f %.4f%n", quiet(millis[0]), quiet(millis[1]));
        }
    }

    private static double[][] run(Workload workload, Optimizer optimizer, int steps) {
        double[][] millis = new double[2][steps];
        for (int step = 0; step < steps; step++) {
            long begin = System.nanoTime();
            long update;
            try (var _ = TensorScope.open()) {
                optimizer.clearGradients();
                workload.loss().backward();
                update = System.nanoTime();
                optimizer.step(1e-3);
            }
            long end = System.nanoTime();
            millis[0][step] = (end - begin) / 1e6;
            millis[1][step] = (end - update) / 1e6;
        }
        return millis;
    }

    private static Optimizer optimizer(String name, List<ParameterGroup> groups) {
        return switch (name) {
            case "sgd" -> new Sgd(groups, Momentum.of(0.9), Decay.COUPLED);
            case "adamw" -> new Adam(groups, AdamMoments.defaults(), Decay.DECOUPLED);
            case "adamp" -> new AdamP(groups, AdamMoments.defaults(), Projection.defaults());
            default -> throw new IllegalArgumentException("no optimizer " + name);
        };
    }

    private static double quiet(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 10];
    }
}
