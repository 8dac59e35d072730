package dev.steelyard.tensor.train;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Exponential moving average of weights: a ← βₜa + (1 − βₜ)w after each step, starting at the weights themselves, with
 * βₜ = min(β, (1 + t)/(10 + t)) after t updates. At β itself a run of few steps would leave β^steps of the average at what
 * it started from, which may be random. A weight that is made of parameters is averaged as it is computed with, not by its
 * parameters.
 */
public final class MovingAverage implements TrainingState.Part, AutoCloseable {
    private static final String UPDATES = "updates";

    private final TensorOwner owner = new TensorOwner();
    private final double beta;
    private final Map<String, Supplier<Tensor>> weights;
    private final SequencedMap<String, Tensor> averages = new LinkedHashMap<>();
    private long updates;

    /** @param beta β, [0, 1) */
    public MovingAverage(List<Parameter> parameters, double beta) {
        this(byName(parameters), beta);
    }

    /**
     * The same of any weights.
     *
     * @param weights asked for their values at each update, without gradients
     */
    public MovingAverage(Map<String, Supplier<Tensor>> weights, double beta) {
        if (!(beta >= 0 && beta < 1)) {
            throw new IllegalArgumentException("beta: expected [0, 1), found " + beta);
        }
        this.beta = beta;
        this.weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            this.weights.forEach((name, weight) ->
                    averages.put(name, owner.own(weight.get().detach().clone())));
        }
    }

    private static Map<String, Supplier<Tensor>> byName(List<Parameter> parameters) {
        Map<String, Supplier<Tensor>> weights = new LinkedHashMap<>();
        parameters.forEach(parameter -> weights.put(parameter.name(), parameter::value));
        return weights;
    }

    /** Takes the weights of this step in. */
    public void update() {
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            Scalar rest = new Scalar(1 - decay());
            weights.forEach((name, weight) -> average(name).lerp_(weight.get().detach(), rest));
        }
        updates++;
    }

    private double decay() {
        return Math.min(beta, (1.0 + updates) / (10.0 + updates));
    }

    /** By parameter name; the live tensors. */
    public SequencedMap<String, Tensor> averages() {
        return Collections.unmodifiableSequencedMap(averages);
    }

    /** The averages, and how often they were updated. */
    @Override
    public SequencedMap<String, Tensor> save() {
        SequencedMap<String, Tensor> saved = new LinkedHashMap<>(averages);
        saved.put(UPDATES, Tensors.of(new long[] {updates}));
        return saved;
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
            updates = Tensors.toLongs(Slot.entry(state, UPDATES))[0];
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
