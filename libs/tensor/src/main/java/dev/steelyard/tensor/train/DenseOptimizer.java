package dev.steelyard.tensor.train;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/** An optimizer whose moments have the shape of their parameter, one update rule for all. */
abstract class DenseOptimizer implements Optimizer {
    private final TensorOwner owner = new TensorOwner();
    private final List<Slot> slots = new ArrayList<>();
    private final List<ParameterGroup> clipped;

    DenseOptimizer(List<ParameterGroup> groups, String... moments) {
        clipped = groups.stream().filter(group -> group.clip().isPresent()).toList();
        Set<String> names = new HashSet<>();
        for (ParameterGroup group : groups) {
            for (Parameter parameter : group.parameters()) {
                if (!names.add(parameter.name())) {
                    throw new IllegalArgumentException(parameter.name() + " is in two groups");
                }
                slots.add(new Slot(parameter, group, owner, moments));
            }
        }
    }

    /**
     * One parameter's update, without gradient recording. {@code slot.step} counts this step already.
     *
     * @param g gradient, of the parameter's shape
     * @param lr learning rate of the parameter's group
     */
    abstract void update(Slot slot, Tensor g, double lr);

    @Override
    public final void step(double learningRate) {
        if (!(learningRate >= 0)) {
            throw new IllegalArgumentException("learning rate: expected 0 or more, found " + learningRate);
        }
        for (ParameterGroup group : clipped) {
            Gradients.clip(group.parameters(), group.clip().orElseThrow());
        }
        try (var _ = NoGrad.begin()) {
            for (Slot slot : slots) {
                try (var _ = TensorScope.open()) {
                    Tensor g = slot.parameter.value().grad();
                    if (g.defined()) {
                        requireDense(slot.parameter.name(), g);
                        slot.step++;
                        update(slot, g, learningRate * slot.learningRateScale);
                    }
                }
            }
        }
    }

    @Override
    public final void clearGradients() {
        try (var _ = TensorScope.open()) {
            for (Slot slot : slots) {
                slot.parameter.value().mutable_grad().reset();
            }
        }
    }

    @Override
    public final SequencedMap<String, Tensor> state() {
        SequencedMap<String, Tensor> state = new LinkedHashMap<>();
        slots.forEach(slot -> slot.save(state));
        return state;
    }

    @Override
    public final void restore(Map<String, Tensor> state) {
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            int taken = 0;
            for (Slot slot : slots) {
                taken += slot.restore(state);
            }
            if (taken != state.size()) {
                throw new IllegalArgumentException(
                        "optimizer state has %d entries, its parameters need %d".formatted(state.size(), taken));
            }
        }
    }

    @Override
    public final long stateBytes() {
        return slots.stream().mapToLong(Slot::bytes).sum();
    }

    @Override
    public final void close() {
        owner.close();
    }

    private static void requireDense(String name, Tensor g) {
        if (g.is_sparse()) {
            throw new IllegalArgumentException(name + ": gradient is sparse; a dense one is needed");
        }
    }
}
