package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.train.Adam;
import dev.steelyard.tensor.train.Decay;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** AdamW in single precision on all parameters that the model's form leaves to train; a baseline. */
abstract class AdamWTuning implements Tuning {
    private final GradNormLoRPParams params;
    private List<Parameter> parameters = List.of();
    private @Nullable Optimizer optimizer;

    AdamWTuning(GradNormLoRPParams params) {
        this.params = params;
    }

    @Override
    public void begin(ParameterStore store) {
        parameters = store.parameters();
        optimizer =
                new Adam(List.of(ParameterGroup.of(parameters, params.weightDecay())), params.adam(), Decay.DECOUPLED);
    }

    @Override
    public final Optimizer optimizer() {
        return Objects.requireNonNull(optimizer, "begin first");
    }

    @Override
    public final List<Parameter> parameters() {
        return parameters;
    }

    /** @param ofTargets what is trained of the targets, or in their place */
    final Ledger ledger(List<Parameter> ofTargets, long targetElements) {
        List<String> names = ofTargets.stream().map(Parameter::name).toList();
        long others = Tuning.elements(parameters) - Tuning.elements(ofTargets);
        return Ledger.of(optimizer(), names, targetElements, others);
    }

    @Override
    public final void close() {
        if (optimizer != null) {
            optimizer.close();
        }
    }
}
