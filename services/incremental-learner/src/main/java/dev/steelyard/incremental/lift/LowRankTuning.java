package dev.steelyard.incremental.lift;

import dev.steelyard.incremental.training.Learner;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.LowRankAdapter;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.Adam;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.Decay;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TrainingState;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Trains a low-rank addition to the targets; a baseline. */
final class LowRankTuning implements Tuning {
    private final Targets targets;
    private final long rank;
    private final AdamMoments moments;
    private final double weightDecay;
    private final RandomTensors random;
    private final LowRankAdapter adapter;
    private List<Parameter> parameters = List.of();
    private @Nullable Optimizer optimizer;

    LowRankTuning(
            Torch engine,
            long seed,
            Targets targets,
            long rank,
            double alpha,
            AdamMoments moments,
            double weightDecay) {
        this.targets = targets;
        this.rank = rank;
        this.moments = moments;
        this.weightDecay = weightDecay;
        this.random = new RandomTensors(engine, seed);
        this.adapter = new LowRankAdapter(random, rank, alpha);
    }

    @Override
    public Reparametrization form() {
        return (store, name, initial) ->
                (targets.contain(name) ? adapter : Reparametrization.NONE).create(store, name, initial);
    }

    @Override
    public void begin(ParameterStore store, Runnable firstGradients) {
        store.freeze(name -> !name.contains(".lora_"));
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
        return adapter.merged();
    }

    @Override
    public long chosen(long rows, long columns) {
        return (rows + columns) * rank;
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
        random.close();
    }
}
