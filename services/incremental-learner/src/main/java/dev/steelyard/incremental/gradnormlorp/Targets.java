package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.method.MethodException;
import dev.steelyard.models.NamePattern;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.Parameter;
import java.util.ArrayList;
import java.util.List;

/** Which of a model's linear weights are projected: a model tells its linear weights when it is made. */
final class Targets {
    private static final int SHOWN = 8;

    private final List<String> patterns;
    private final List<String> linear = new ArrayList<>();

    /** @param patterns names; * stands for any characters */
    Targets(List<String> patterns) {
        this.patterns = List.copyOf(patterns);
    }

    /** What a model's linear layers are made with. */
    Reparametrization form(Reparametrization ofTargets) {
        return (store, name, initial) -> {
            linear.add(name);
            return (contain(name) ? ofTargets : Reparametrization.NONE).create(store, name, initial);
        };
    }

    /** Whether a linear weight is a target. */
    boolean contain(String name) {
        return NamePattern.anyFits(patterns, name);
    }

    /** In the model's order. */
    List<String> names() {
        return linear.stream().filter(this::contain).toList();
    }

    /** What fits the patterns and is neither a linear weight nor an adapter of one: biases, norms, embeddings. */
    List<String> skipped(ParameterStore store) {
        return store.parameters().stream()
                .map(Parameter::name)
                .filter(name -> contain(name) && !linear.contains(name) && !AdapterTuning.isPart(name))
                .toList();
    }

    /** @throws MethodException when there are none, naming what there is */
    void require(ParameterStore store) throws MethodException {
        if (names().isEmpty()) {
            throw MethodException.parameter(
                    "/targets",
                    "no linear weight fits %s; the model's are %s; not linear, though they fit: %s"
                            .formatted(patterns, some(linear), some(skipped(store))));
        }
    }

    private static String some(List<String> names) {
        String shown = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
        return names.isEmpty() ? "none" : names.size() > SHOWN ? shown + ", … (" + names.size() + ")" : shown;
    }
}
