package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.GradNormLoRP;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** The method itself: targets with projected gradients, all else with AdamW. */
final class ProjectedTuning implements Tuning {
    private final GradNormLoRPParams params;
    private final Targets targets;
    private final RandomTensors random;
    private List<Parameter> projected = List.of();
    private List<Parameter> others = List.of();
    private @Nullable GradNormLoRP optimizer;

    ProjectedTuning(GradNormLoRPParams params, Targets targets, RandomTensors random) {
        this.params = params;
        this.targets = targets;
        this.random = random;
    }

    @Override
    public Reparametrization form() {
        return targets.form(Reparametrization.NONE);
    }

    @Override
    public void begin(ParameterStore store) {
        List<String> names = targets.names();
        projected = store.parameters().stream()
                .filter(parameter -> names.contains(parameter.name()))
                .toList();
        others = store.parameters().stream()
                .filter(parameter -> !names.contains(parameter.name()))
                .toList();
        optimizer = new GradNormLoRP(
                projected, List.of(ParameterGroup.of(others, params.weightDecay())), params.settings(), random);
    }

    private GradNormLoRP projectingOptimizer() {
        return Objects.requireNonNull(optimizer, "begin first");
    }

    @Override
    public Optimizer optimizer() {
        return projectingOptimizer();
    }

    @Override
    public Optional<GradNormLoRP> projecting() {
        return Optional.of(projectingOptimizer());
    }

    @Override
    public int batches(long step) {
        return params.batches(projectingOptimizer().choosesNext());
    }

    @Override
    public List<Parameter> parameters() {
        return Stream.concat(projected.stream(), others.stream()).toList();
    }

    @Override
    public Ledger ledger() {
        return Ledger.of(projectingOptimizer(), Tuning.elements(projected), Tuning.elements(others));
    }

    @Override
    public SequencedMap<String, Tensor> weights(ParameterStore store) {
        return store.save();
    }

    @Override
    public void close() {
        if (optimizer != null) {
            optimizer.close();
        }
    }
}
