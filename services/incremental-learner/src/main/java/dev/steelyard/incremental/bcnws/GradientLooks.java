package dev.steelyard.incremental.bcnws;

import dev.steelyard.incremental.training.Learner;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.TrainingState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * How smooth the way is: every few steps the gradient's norm, its change to the next step, and that change over the way
 * the parameters went in between. The two gradients are of different batches, so that their difference holds the noise of
 * batches too: runs of one batch size can be compared by it, and it bounds no Lipschitz constant. With it the mean loss
 * since the look before.
 */
final class GradientLooks implements Learner.Observer, TrainingState.Part, AutoCloseable {
    private static final int FIELDS = 5;

    private final List<Parameter> parameters;
    private final long every;
    private final List<Look> looks = new ArrayList<>();
    private Optional<Point> first = Optional.empty();
    private double lossSum;
    private long losses;

    /**
     * One look.
     *
     * @param step from 0
     * @param loss mean over the steps since the last look
     * @param norm ‖g‖ at the step
     * @param change ‖g' − g‖, g' of the step after
     * @param smoothness ‖g' − g‖ / ‖w' − w‖
     */
    record Look(long step, double loss, double norm, double change, double smoothness) {}

    /** Gradient and parameters before a step, each as one vector. */
    private record Point(TensorOwner owner, Tensor gradient, Tensor weights) {
        static Point of(Tensor gradient, Tensor weights) {
            TensorOwner owner = new TensorOwner();
            return new Point(owner, owner.own(gradient), owner.own(weights));
        }
    }

    /** @param every steps between two looks, 2 or more */
    GradientLooks(List<Parameter> parameters, long every) {
        this.parameters = parameters;
        this.every = every;
    }

    List<Look> looks() {
        return List.copyOf(looks);
    }

    @Override
    public void beforeUpdate(long step) {
        long since = step % every;
        if (since > 1) {
            return;
        }
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            Tensor gradient = vector(true);
            Tensor weights = vector(false);
            if (since == 0) {
                first.ifPresent(point -> point.owner().close()); // the run's last but one step may be a look
                first = Optional.of(Point.of(gradient, weights));
            } else {
                first.ifPresent(point -> compare(step - 1, point, gradient, weights));
            }
        }
    }

    private void compare(long step, Point before, Tensor gradient, Tensor weights) {
        double norm = before.gradient().norm().item_double();
        double change = gradient.sub(before.gradient()).norm().item_double();
        double way = weights.sub(before.weights()).norm().item_double();
        looks.add(new Look(step, lossSum / Math.max(1, losses), norm, change, way == 0 ? 0 : change / way));
        lossSum = 0;
        losses = 0;
        close();
    }

    private Tensor vector(boolean ofGradients) {
        TensorVector parts = new TensorVector();
        for (Parameter parameter : parameters) {
            Tensor value = parameter.value().detach();
            Tensor gradient = parameter.value().grad();
            Tensor part = !ofGradients ? value : gradient.defined() ? gradient : torch.zeros_like(value);
            parts.push_back(part.reshape(-1));
        }
        return torch.cat(parts, 0);
    }

    @Override
    public void afterUpdate(long step, double loss) {
        lossSum += loss;
        losses++;
    }

    @Override
    public Map<String, Tensor> save() {
        double[] rows = looks.stream()
                .flatMapToDouble(look -> Arrays.stream(
                        new double[] {look.step(), look.loss(), look.norm(), look.change(), look.smoothness()}))
                .toArray();
        Map<String, Tensor> saved = new HashMap<>();
        saved.put("looks", Tensors.of(rows, looks.size(), FIELDS));
        saved.put("losses", Tensors.of(new double[] {lossSum, losses}, 2));
        first.ifPresent(point -> {
            saved.put("gradient", point.gradient());
            saved.put("weights", point.weights());
        });
        return saved;
    }

    @Override
    public void restore(Map<String, Tensor> saved) {
        close();
        looks.clear();
        saved.forEach((name, tensor) -> {
            if (name.equals("looks")) {
                double[] rows = Tensors.toDoubles(tensor);
                for (int i = 0; i < rows.length; i += FIELDS) {
                    looks.add(new Look((long) rows[i], rows[i + 1], rows[i + 2], rows[i + 3], rows[i + 4]));
                }
            } else if (name.equals("losses")) {
                double[] sum = Tensors.toDoubles(tensor);
                lossSum = sum[0];
                losses = (long) sum[1];
            }
        });
        Tensor gradient = saved.get("gradient");
        Tensor weights = saved.get("weights");
        if (gradient != null && weights != null) {
            first = Optional.of(Point.of(gradient, weights));
        }
    }

    @Override
    public void close() {
        first.ifPresent(point -> point.owner().close());
        first = Optional.empty();
    }
}
