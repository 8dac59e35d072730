package dev.steelyard.incremental.lift;

import dev.steelyard.incremental.training.Learner;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.Adam;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.Decay;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import dev.steelyard.tensor.train.TrainingState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Trains all weights, embeddings and norms too; a baseline. */
final class FullTuning implements Tuning {
    private final AdamMoments moments;
    private final double weightDecay;
    private List<Parameter> parameters = List.of();
    private @Nullable Optimizer optimizer;

    FullTuning(AdamMoments moments, double weightDecay) {
        this.moments = moments;
        this.weightDecay = weightDecay;
    }

    @Override
    public Reparametrization form() {
        return Reparametrization.NONE;
    }

    @Override
    public void begin(ParameterStore store, Runnable firstGradients) {
        parameters = store.parameters();
        optimizer = new Adam(List.of(ParameterGroup.of(parameters, weightDecay)), moments, Decay.DECOUPLED);
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
    public Learner.Observer observer() {
        return Learner.Observer.NONE;
    }

    @Override
    public void join(TrainingState state) {
        state.with("optimizer", optimizer());
    }

    @Override
    public SequencedMap<String, Tensor> trained() {
        SequencedMap<String, Tensor> trained = new LinkedHashMap<>();
        parameters.forEach(parameter -> trained.put(parameter.name(), parameter.value()));
        return trained;
    }

    @Override
    public long chosen(long rows, long columns) {
        return rows * columns;
    }

    @Override
    public Map<String, Long> stateBytes() {
        return Map.of("moments", optimizer().stateBytes());
    }

    @Override
    public void close() {
        if (optimizer != null) {
            optimizer.close();
        }
    }
}
