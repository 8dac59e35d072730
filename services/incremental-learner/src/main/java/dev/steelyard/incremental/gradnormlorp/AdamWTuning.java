package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.incremental.training.AdamWBaseline;
import dev.steelyard.tensor.train.Parameter;
import java.util.List;

/** AdamW in single precision on all parameters that the model's form leaves to train; a baseline. */
abstract class AdamWTuning extends AdamWBaseline implements Tuning {
    private final GradNormLoRPParams params;

    AdamWTuning(GradNormLoRPParams params) {
        super(params.adam(), params.weightDecay());
        this.params = params;
    }

    /** {@inheritDoc} The same batches as with projected gradients. */
    @Override
    public int batches(long step) {
        return params.batches(step % params.refresh() == 0);
    }

    /** @param ofTargets what is trained of the targets, or in their place */
    final Ledger ledger(List<Parameter> ofTargets, long targetElements) {
        List<String> names = ofTargets.stream().map(Parameter::name).toList();
        long others = Tuning.elements(parameters()) - Tuning.elements(ofTargets);
        return Ledger.of(optimizer(), names, targetElements, others);
    }
}
