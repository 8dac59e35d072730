package dev.steelyard.tensor.nn;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.TrainingState;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;

/** Owns the parameters and buffers of a model by the names they have in a checkpoint. */
public final class ParameterStore implements TrainingState.Part, AutoCloseable {
    private final TensorOwner owner = new TensorOwner();
    private final SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();
    private final SequencedMap<String, Tensor> all = new LinkedHashMap<>();
    private final SequencedMap<String, Weight> plain = new LinkedHashMap<>();

    /** Adds a weight to train. */
    public Tensor parameter(String name, Supplier<Tensor> initial) {
        Tensor value = add(name, initial).requires_grad_(true);
        parameters.put(name, value);
        return value;
    }

    /** Adds what is saved with the model but not trained, such as running statistics. */
    public Tensor buffer(String name, Supplier<Tensor> initial) {
        return add(name, initial);
    }

    /** Trains no longer what fits: such parameters stay as they are, and go on being saved. */
    public void freeze(Predicate<String> names) {
        parameters.entrySet().removeIf(entry -> {
            boolean frozen = names.test(entry.getKey());
            if (frozen) {
                entry.getValue().requires_grad_(false);
            }
            return frozen;
        });
    }

    /** Keeps something native that layers need besides tensors, as long as their parameters. */
    <P extends Pointer> P keep(P pointer) {
        return owner.own(pointer);
    }

    private Tensor add(String name, Supplier<Tensor> initial) {
        try (var _ = TensorScope.open()) {
            Tensor value = owner.own(initial.get().detach());
            if (all.put(name, value) != null || plain.put(name, () -> value) != null) {
                throw new IllegalArgumentException(name + " is there already");
            }
            return value;
        }
    }

    /**
     * Says that a weight of the ordinary checkpoint is made of parameters and buffers that were added before: in
     * {@link #weights()} and {@link #exported()} it stands in their place.
     *
     * @param name in the ordinary checkpoint
     * @return the weight
     */
    public <W extends Weight> W composed(String name, W weight, List<String> parts) {
        for (String part : parts) {
            if (plain.remove(part) == null) {
                throw new IllegalArgumentException(name + ": there is no " + part + " to make it of");
            }
        }
        if (plain.put(name, weight) != null) {
            throw new IllegalArgumentException(name + " is there already");
        }
        return weight;
    }

    /** What is trained, in the order it was added. */
    public List<Parameter> parameters() {
        return parameters.entrySet().stream()
                .map(entry -> new Parameter(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** What layers compute with, without buffers, under the names of an ordinary checkpoint. */
    public SequencedMap<String, Weight> weights() {
        SequencedMap<String, Weight> weights = new LinkedHashMap<>(plain);
        weights.keySet().removeIf(name -> all.containsKey(name) && !parameters.containsKey(name));
        return weights;
    }

    /**
     * The ordinary checkpoint: all that is needed to run the model, without reparametrizations. Live tensors where a
     * weight is a parameter itself; others belong to the innermost open scope.
     */
    public SequencedMap<String, Tensor> exported() {
        SequencedMap<String, Tensor> exported = new LinkedHashMap<>();
        try (var _ = NoGrad.begin()) {
            plain.forEach((name, weight) -> exported.put(name, weight.value()));
        }
        return exported;
    }

    /** Parameters and buffers; the live tensors. */
    @Override
    public SequencedMap<String, Tensor> save() {
        return Collections.unmodifiableSequencedMap(all);
    }

    /**
     * Copies values in.
     *
     * @throws dev.steelyard.tensor.ShapeException naming a tensor of another shape
     * @throws IllegalArgumentException naming a tensor that is missing or too many
     */
    @Override
    public void restore(Map<String, Tensor> saved) {
        for (String name : saved.keySet()) {
            if (!all.containsKey(name)) {
                throw new IllegalArgumentException("the model has no " + name);
            }
        }
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            all.forEach((name, value) -> {
                Tensor from = saved.get(name);
                if (from == null) {
                    throw new IllegalArgumentException("missing: " + name);
                }
                value.copy_(Shapes.require(name, from, Shapes.of(value)));
            });
        }
    }

    @Override
    public void close() {
        owner.close();
    }
}
