package dev.steelyard.incremental.gacil;

import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.incremental.features.Samples;
import dev.steelyard.method.JobContext;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.Layer;
import dev.steelyard.tensor.nn.Linear;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Phase;
import dev.steelyard.tensor.train.Adam;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.Decay;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.ParameterGroup;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TrainingState;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The baseline: a perceptron d-256-C on the same features, Adam at 0.001, three updates a batch, logits of classes not
 * yet seen masked. Plain; with the penalty of EWC (Kirkpatrick and others, arXiv:1612.00796), Fisher information from
 * 500 samples of each ended task; or with a reservoir of 200 samples replayed (Chaudhry and others, arXiv:1902.10486).
 */
final class Perceptron implements StreamLearner, TrainingState.Part {
    private static final int HIDDEN = 256;
    private static final double RATE = 1e-3;
    private static final int UPDATES = 3;
    private static final int RESERVOIR = 200;
    private static final int FISHER_SAMPLES = 500;
    private static final double MASKED = -1e9;
    private static final String WEIGHTS = "weights/";
    private static final String OPTIMIZER = "optimizer/";
    private static final String RESERVOIR_STATE = "reservoir/";
    private static final String ANCHORS = "anchors/";

    private final JobContext job;
    private final Variant variant;
    private final Samples samples;
    private final Labels labels;
    private final long seed;
    private final ParameterStore store = new ParameterStore();
    private final Optimizer optimizer;
    private final Layer layers;
    private final float[] mask;
    private final Reservoir reservoir = new Reservoir(RESERVOIR);
    private final Consolidation consolidation;
    private long learned;

    /** Ways not to forget. */
    enum Variant {
        PLAIN("plain"),
        EWC("ewc"),
        REPLAY("replay-" + RESERVOIR);

        private final String label;

        Variant(String label) {
            this.label = label;
        }
    }

    /**
     * @param job to look for cancellation in
     * @param strength λ of EWC
     */
    Perceptron(JobContext job, Torch engine, Variant variant, Samples samples, Labels labels, double strength) {
        this.job = job;
        this.variant = variant;
        this.samples = samples;
        this.labels = labels;
        this.seed = job.random("perceptron").nextLong();
        int classes = labels.classes().size();
        try (var weights = new RandomTensors(engine, seed)) {
            layers = Linear.create(store, "hidden", weights, samples.values().columns(), HIDDEN)
                    .then((x, phase) -> torch.relu(x))
                    .then(Linear.create(store, "classifier", weights, HIDDEN, classes));
        }
        optimizer = new Adam(
                List.of(ParameterGroup.of(store.parameters(), 0)),
                new AdamMoments(0.9, 0.999, 1e-8, false),
                Decay.COUPLED);
        consolidation = new Consolidation(store.parameters(), strength);
        mask = new float[classes];
        Arrays.fill(mask, (float) MASKED);
    }

    @Override
    public String name() {
        return variant.label;
    }

    @Override
    public void learn(int[] rows) {
        for (int row : rows) {
            mask[labels.id(row)] = 0;
        }
        var random = new SplittableRandom(seed + ++learned); // the same after an interruption
        for (int update = 0; update < UPDATES; update++) {
            int[] batch = variant == Variant.REPLAY ? reservoir.withReplayed(rows, random) : rows;
            try (var _ = TensorScope.open()) {
                loss(batch).backward();
            }
            optimizer.step(RATE);
            optimizer.clearGradients();
        }
        if (variant == Variant.REPLAY) {
            reservoir.offer(rows, random);
        }
    }

    private Tensor loss(int[] rows) {
        return consolidation.added(crossEntropy(rows));
    }

    private Tensor crossEntropy(int[] rows) {
        long[] target = Arrays.stream(rows).mapToLong(labels::id).toArray();
        return torch.cross_entropy_loss(logits(rows, Phase.TRAINING), Tensors.of(target, rows.length));
    }

    private Tensor logits(int[] rows, Phase phase) {
        Tensor x = Tensors.of(
                samples.values().floats(rows), rows.length, samples.values().columns());
        return layers.forward(x, phase).add(Tensors.of(mask, 1, mask.length));
    }

    @Override
    public void endTask(int[] rows) throws InterruptedException {
        if (variant != Variant.EWC || rows.length == 0) {
            return;
        }
        consolidation.anchor(Math.min(FISHER_SAMPLES, rows.length), i -> {
            job.checkCancelled();
            optimizer.clearGradients();
            try (var _ = TensorScope.open()) {
                crossEntropy(new int[] {rows[i]}).backward();
            }
        });
        optimizer.clearGradients();
    }

    @Override
    public int[] predict(int[] rows) {
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            long[] best = Tensors.toLongs(logits(rows, Phase.EVALUATION).argmax(new LongOptional(1), false));
            return Arrays.stream(best).mapToInt(Math::toIntExact).toArray();
        }
    }

    @Override
    public Map<String, Tensor> save() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        all.put("mask", Tensors.of(mask, mask.length));
        all.put("learned", Tensors.of(new long[] {learned}, 1));
        store.save().forEach((name, tensor) -> all.put(WEIGHTS + name, tensor));
        optimizer.state().forEach((name, tensor) -> all.put(OPTIMIZER + name, tensor));
        reservoir.save().forEach((name, tensor) -> all.put(RESERVOIR_STATE + name, tensor));
        consolidation.save().forEach((name, tensor) -> all.put(ANCHORS + name, tensor));
        return all;
    }

    @Override
    public void restore(Map<String, Tensor> saved) {
        float[] masked = Tensors.toFloats(TrainingState.require(saved, "mask"));
        System.arraycopy(masked, 0, mask, 0, mask.length);
        learned = Tensors.toLongs(TrainingState.require(saved, "learned"))[0];
        store.restore(TrainingState.under(WEIGHTS, saved));
        optimizer.restore(TrainingState.under(OPTIMIZER, saved));
        reservoir.restore(TrainingState.under(RESERVOIR_STATE, saved));
        consolidation.restore(TrainingState.under(ANCHORS, saved));
    }

    @Override
    public void close() {
        optimizer.close();
        store.close();
        consolidation.close();
    }
}
