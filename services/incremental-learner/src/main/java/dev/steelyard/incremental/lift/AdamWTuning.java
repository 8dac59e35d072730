package dev.steelyard.incremental.lift;

import dev.steelyard.incremental.training.AdamWBaseline;
import dev.steelyard.incremental.training.Learner;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.TrainingState;
import java.util.Map;

/** Trains whole parameters with AdamW; a baseline. */
abstract class AdamWTuning extends AdamWBaseline implements Tuning {
    AdamWTuning(AdamMoments moments, double weightDecay) {
        super(moments, weightDecay);
    }

    @Override
    public void begin(ParameterStore store, Runnable firstGradients) {
        begin(store);
    }

    @Override
    public final Learner.Observer observer() {
        return Learner.Observer.NONE;
    }

    @Override
    public final void join(TrainingState state) {
        state.with("optimizer", optimizer());
    }

    @Override
    public final Map<String, Long> stateBytes() {
        return Map.of("moments", optimizer().stateBytes());
    }
}
