package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.Parameter;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/** Trains all weights. */
final class FullTuning extends AdamWTuning {
    private final Targets targets;

    FullTuning(GradNormLoRPParams params, Targets targets) {
        super(params);
        this.targets = targets;
    }

    @Override
    public Reparametrization form() {
        return targets.form(Reparametrization.NONE);
    }

    @Override
    public Ledger ledger() {
        List<String> names = targets.names();
        List<Parameter> ofTargets =
                parameters().stream().filter(p -> names.contains(p.name())).toList();
        return ledger(ofTargets, Tuning.elements(ofTargets));
    }

    @Override
    public SequencedMap<String, Tensor> weights(ParameterStore store) {
        return store.save();
    }
}
