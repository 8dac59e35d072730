package dev.steelyard.incremental.lift;

import dev.steelyard.incremental.training.Learner;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.train.Adam;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.Decay;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import dev.steelyard.tensor.train.TrainingState;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Trains whole parameters with AdamW; a baseline. */
abstract class AdamWTuning implements Tuning {
    private final AdamMoments moments;
    private final double weightDecay;
    private List<Parameter> parameters = List.of();
    private @Nullable Optimizer optimizer;

    AdamWTuning(AdamMoments moments, double weightDecay) {
        this.moments = moments;
        this.weightDecay = weightDecay;
    }

    @Override
    public void begin(ParameterStore store, Runnable firstGradients) {
        parameters = store.parameters();
        optimizer = new Adam(List.of(ParameterGroup.of(parameters, weightDecay)), moments, Decay.DECOUPLED);
    }

    @Override
    public final Optimizer optimizer() {
        return Objects.requireNonNull(optimizer, "begin first");
    }

    @Override
    public final List<Parameter> parameters() {
        return parameters;
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

    @Override
    public void close() {
        if (optimizer != null) {
            optimizer.close();
        }
    }
}
