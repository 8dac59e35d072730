package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.Adam;
import dev.steelyard.tensor.train.Decay;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** AdamW in single precision on all parameters; a baseline. */
final class FullTuning implements Tuning {
    private final GradNormLoRPParams params;
    private final Targets targets;
    private List<Parameter> parameters = List.of();
    private @Nullable Optimizer optimizer;

    FullTuning(GradNormLoRPParams params, Targets targets) {
        this.params = params;
        this.targets = targets;
    }

    @Override
    public Reparametrization form() {
        return targets.form(Reparametrization.NONE);
    }

    @Override
    public void begin(ParameterStore store) {
        parameters = store.parameters();
        optimizer =
                new Adam(List.of(ParameterGroup.of(parameters, params.weightDecay())), params.adam(), Decay.DECOUPLED);
    }

    @Override
    public Optimizer optimizer() {
        return Objects.requireNonNull(optimizer, "begin first");
    }

    @Override
    public List<Parameter> parameters() {
        return parameters;
    }

    @Override
    public Ledger ledger() {
        List<String> names = targets.names();
        long ofTargets = Tuning.elements(
                parameters.stream().filter(p -> names.contains(p.name())).toList());
        return Ledger.of(optimizer(), names, ofTargets, Tuning.elements(parameters) - ofTargets);
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
