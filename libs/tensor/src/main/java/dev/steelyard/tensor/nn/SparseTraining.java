package dev.steelyard.tensor.nn;

import dev.steelyard.tensor.train.SparseParameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Trains chosen entries of weights and leaves all others alone. Which ones is said once the weights are there, by {@link
 * #choose}; until then a weight is frozen. The store holds the weight under its own name as a buffer. One object serves
 * all layers of a model.
 */
public final class SparseTraining implements Reparametrization, AutoCloseable {
    private final SequencedMap<String, Entries> weights = new LinkedHashMap<>();

    @Override
    public Weight create(ParameterStore store, String name, Supplier<Tensor> initial) {
        Entries entries = new Entries(store.buffer(name, initial));
        weights.put(name, entries);
        return entries;
    }

    /** The weights by name; the live tensors. */
    public SequencedMap<String, Tensor> weights() {
        SequencedMap<String, Tensor> all = new LinkedHashMap<>();
        weights.forEach((name, entries) -> all.put(name, entries.weight));
        return Collections.unmodifiableSequencedMap(all);
    }

    /**
     * Says which entries of a weight are trained. Later an optimizer moves them.
     *
     * @param indices ascending, of the weight row after row
     * @throws IllegalArgumentException when there is no such weight or it has its entries already
     */
    public SparseParameter choose(String name, int[] indices) {
        Entries entries = weights.get(name);
        if (entries == null || entries.chosen != null) {
            throw new IllegalArgumentException(
                    name + (entries == null ? " is no weight of this model" : " has its entries already"));
        }
        SparseParameter chosen = new SparseParameter(name, entries.weight, indices);
        entries.chosen = chosen;
        return chosen;
    }

    /**
     * Runs something with whole weights that record gradients, and gives what they gathered, by name: tensors of the
     * innermost open scope, of the weights' shapes. Weights that nothing flowed back to are left out.
     */
    public Map<String, Tensor> denseGradients(Runnable backward) {
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        weights.values()
                .forEach(entries -> entries.whole = entries.weight.detach().requires_grad_(true));
        try {
            backward.run();
            weights.forEach((name, entries) -> {
                if (entries.whole != null && entries.whole.grad().defined()) {
                    gradients.put(name, entries.whole.grad());
                }
            });
            return gradients;
        } finally {
            weights.values().forEach(entries -> entries.whole = null);
        }
    }

    @Override
    public void close() {
        List<Entries> all = new ArrayList<>(weights.values());
        for (Entries entries : all) {
            if (entries.chosen != null) {
                entries.chosen.close();
                entries.chosen = null;
            }
        }
    }

    private static final class Entries implements Weight {
        private final Tensor weight;
        private @Nullable SparseParameter chosen;
        private @Nullable Tensor whole;

        private Entries(Tensor weight) {
            this.weight = weight;
        }

        @Override
        public Tensor value() {
            if (whole != null) {
                return whole;
            }
            return chosen != null && GradMode.is_enabled() ? chosen.attached() : weight;
        }
    }
}
