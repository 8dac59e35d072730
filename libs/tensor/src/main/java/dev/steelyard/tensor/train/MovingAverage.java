package dev.steelyard.tensor.train;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Exponential moving average of parameters: a ← βa + (1 − β)w after each step, starting at the weights themselves. */
public final class MovingAverage implements TrainingState.Part, AutoCloseable {
    private final TensorOwner owner = new TensorOwner();
    private final double beta;
    private final List<Parameter> parameters;
    private final SequencedMap<String, Tensor> averages = new LinkedHashMap<>();

    /** @param beta β, [0, 1) */
    public MovingAverage(List<Parameter> parameters, double beta) {
        if (!(beta >= 0 && beta < 1)) {
            throw new IllegalArgumentException("beta: expected [0, 1), found " + beta);
        }
        this.beta = beta;
        this.parameters = List.copyOf(parameters);
        try (var _ = TensorScope.open()) {
            for (Parameter parameter : parameters) {
                averages.put(
                        parameter.name(), owner.own(parameter.value().detach().clone()));
            }
        }
    }

    /** Takes the parameters of this step in. */
    public void update() {
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            Scalar rest = new Scalar(1 - beta);
            for (Parameter parameter : parameters) {
                average(parameter.name()).lerp_(parameter.value().detach(), rest);
            }
        }
    }

    /** The averages by parameter name; the live tensors. */
    @Override
    public SequencedMap<String, Tensor> save() {
        return Collections.unmodifiableSequencedMap(averages);
    }

    /** Takes over a saved {@link #save()} by copying. */
    @Override
    public void restore(Map<String, Tensor> state) {
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            averages.forEach((name, average) -> {
                Tensor saved = state.get(name);
                if (saved == null) {
                    throw new IllegalArgumentException("saved average has no " + name);
                }
                average.copy_(Shapes.require(name, saved, Shapes.of(average)));
            });
        }
    }

    private Tensor average(String name) {
        Tensor average = averages.get(name);
        if (average == null) {
            throw new IllegalStateException(name + " is not averaged");
        }
        return average;
    }

    @Override
    public void close() {
        owner.close();
    }
}
