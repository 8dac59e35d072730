package dev.steelyard.incremental.training;

import dev.steelyard.method.JobContext;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ProjectingOptimizer;
import dev.steelyard.tensor.train.ProjectionView;
import dev.steelyard.tensor.train.TrainingState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How weights of two dimensions or more move: norm, angle of a step and share of projected steps, by tensor. Norm and
 * angle are taken every few steps, the share over all of them.
 */
public final class WeightGeometry implements Learner.Observer, TrainingState.Part {
    private static final int FIELDS = 3;

    private final JobContext job;
    private final String run;
    private final List<Parameter> weights;
    private final Optimizer optimizer;
    private final long every;
    private final List<double[]> rows = new ArrayList<>(); // step, then norm² and angle of each tensor
    private final long[] projected;
    private long steps;
    private List<Tensor> before = List.of();

    /**
     * Looks from the first step on, and tells the job what it sees.
     *
     * @param run begins the names of metrics
     * @param parameters vectors among them are left out
     * @param every steps between two looks, 1 or more
     */
    public WeightGeometry(JobContext job, String run, List<Parameter> parameters, Optimizer optimizer, long every) {
        this.job = job;
        this.run = run;
        this.weights = parameters.stream().filter(p -> p.value().dim() > 1).toList();
        this.optimizer = optimizer;
        this.every = every;
        this.projected = new long[weights.size()];
    }

    /** Names of the tensors looked at. */
    public List<String> names() {
        return weights.stream().map(Parameter::name).toList();
    }

    /**
     * One look at a tensor.
     *
     * @param step from 0
     * @param squaredNorm ‖w‖² before the step
     * @param angle between the weight before and after it, radians
     */
    public record Look(long step, double squaredNorm, double angle) {}

    /** All looks at the tensor of an index in {@link #names()}. */
    public List<Look> looks(int tensor) {
        return rows.stream().map(row -> look(row, tensor)).toList();
    }

    private static Look look(double[] row, int tensor) {
        return new Look((long) row[0], row[1 + 2 * tensor], row[2 + 2 * tensor]);
    }

    /** Share of steps in which the tensor's update was projected, [0, 1]. */
    public double projectedShare(int tensor) {
        return steps == 0 ? 0 : (double) projected[tensor] / steps;
    }

    @Override
    public void beforeUpdate(long step) {
        if (step % every == 0) {
            before = weights.stream()
                    .map(weight -> weight.value().detach().to(ScalarType.Double, false, true, null))
                    .toList();
        }
    }

    @Override
    public void afterUpdate(long step, double loss) {
        steps++;
        if (optimizer instanceof ProjectingOptimizer projecting) {
            Map<String, ProjectionView> views = projecting.lastProjections();
            for (int i = 0; i < projected.length; i++) {
                if (views.getOrDefault(weights.get(i).name(), ProjectionView.NONE) != ProjectionView.NONE) {
                    projected[i]++;
                }
            }
        }
        if (step % every == 0) {
            double[] row = new double[1 + 2 * weights.size()];
            row[0] = step;
            try (var _ = TensorScope.open();
                    var _ = NoGrad.begin()) {
                for (int i = 0; i < before.size(); i++) {
                    take(row, i);
                }
            }
            rows.add(row);
            before = List.of();
            report(row);
        }
    }

    /** One step's looks, as metrics. */
    private void report(double[] row) {
        for (int i = 0; i < weights.size(); i++) {
            Look look = look(row, i);
            String name = weights.get(i).name();
            job.metric(run + "/norm/" + name, look.step, Math.sqrt(look.squaredNorm));
            job.metric(run + "/angle/" + name, look.step, look.angle);
        }
    }

    /** The angle is 2 asin(‖ŵ − ŵ'‖/2): arccos of a cosine near 1 would lose half of the digits. */
    private void take(double[] row, int i) {
        Tensor w = before.get(i);
        Tensor next = weights.get(i).value().detach().to(ScalarType.Double);
        double norm = w.norm().item_double();
        double nextNorm = next.norm().item_double();
        row[1 + 2 * i] = norm * norm;
        if (norm > 0 && nextNorm > 0) {
            double chord = torch.sub(w.div(new Scalar(norm)), next.div(new Scalar(nextNorm)))
                    .norm()
                    .item_double();
            row[2 + 2 * i] = 2 * Math.asin(Math.min(1, chord / 2));
        }
    }

    @Override
    public Map<String, Tensor> save() {
        int width = 1 + 2 * weights.size();
        double[] flat = new double[rows.size() * width];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, flat, i * width, width);
        }
        return Map.of(
                "looks", Tensors.of(flat, rows.size(), width),
                "projected", Tensors.of(projected, projected.length),
                "steps", Tensors.of(new long[] {steps}));
    }

    @Override
    public void restore(Map<String, Tensor> saved) {
        if (saved.size() != FIELDS) {
            throw new IllegalArgumentException("geometry: expected 3 tensors, found " + saved.keySet());
        }
        rows.clear();
        int width = 1 + 2 * weights.size();
        saved.forEach((name, tensor) -> {
            switch (name) {
                case "looks" -> {
                    double[] flat = Tensors.toDoubles(tensor);
                    for (int i = 0; i < flat.length; i += width) {
                        rows.add(Arrays.copyOfRange(flat, i, i + width));
                    }
                }
                case "projected" -> System.arraycopy(Tensors.toLongs(tensor), 0, projected, 0, projected.length);
                case "steps" -> steps = Tensors.toLongs(tensor)[0];
                default -> throw new IllegalArgumentException("geometry: unknown " + name);
            }
        });
    }
}
