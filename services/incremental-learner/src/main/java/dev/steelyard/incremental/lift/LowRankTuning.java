package dev.steelyard.incremental.lift;

import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.LowRankAdapter;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/** Trains a low-rank addition to the targets. */
final class LowRankTuning extends AdamWTuning {
    private final Targets targets;
    private final long rank;
    private final RandomTensors random;
    private final LowRankAdapter adapter;

    LowRankTuning(
            Torch engine,
            long seed,
            Targets targets,
            long rank,
            double alpha,
            AdamMoments moments,
            double weightDecay) {
        super(moments, weightDecay);
        this.targets = targets;
        this.rank = rank;
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
        super.begin(store, firstGradients);
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
    public void close() {
        super.close();
        random.close();
    }
}
