package dev.steelyard.incremental.gacil;

import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorOwner;
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
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import dev.steelyard.tensor.train.RandomTensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The baseline: a perceptron d-256-C on the same features, Adam at 0.001, three updates a batch, logits of classes not
 * yet seen masked. Plain; with the penalty of EWC (Kirkpatrick and others, arXiv:1612.00796), Fisher information from
 * 500 samples of each ended task; or with a reservoir of 200 samples replayed (Chaudhry and others, arXiv:1902.10486).
 */
final class Perceptron implements StreamLearner {
    private static final int HIDDEN = 256;
    private static final double RATE = 1e-3;
    private static final int UPDATES = 3;
    private static final int RESERVOIR = 200;
    private static final int FISHER_SAMPLES = 500;
    private static final double MASKED = -1e9;

    private final Variant variant;
    private final Samples samples;
    private final Labels labels;
    private final double strength;
    private final RandomGenerator random;
    private final ParameterStore store = new ParameterStore();
    private final Optimizer optimizer;
    private final Layer layers;
    private final float[] mask;
    private final TensorOwner anchors = new TensorOwner();
    private final List<Anchor> penalties = new ArrayList<>();
    private final List<Integer> reservoir = new ArrayList<>();
    private long shown;

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

    /** A parameter's value at the end of a task and how much it mattered. */
    private record Anchor(Parameter parameter, Tensor value, Tensor fisher) {}

    Perceptron(Torch engine, Variant variant, Samples samples, Labels labels, double strength, RandomGenerator random) {
        this.variant = variant;
        this.samples = samples;
        this.labels = labels;
        this.strength = strength;
        this.random = random;
        int classes = labels.classes().size();
        try (var weights = new RandomTensors(engine, random.nextLong())) {
            layers = Linear.create(store, "hidden", weights, samples.values().columns(), HIDDEN)
                    .then((x, phase) -> torch.relu(x))
                    .then(Linear.create(store, "classifier", weights, HIDDEN, classes));
        }
        optimizer = new Adam(
                List.of(ParameterGroup.of(store.parameters(), 0)),
                new AdamMoments(0.9, 0.999, 1e-8, false),
                Decay.COUPLED);
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
        for (int update = 0; update < UPDATES; update++) {
            int[] batch = variant == Variant.REPLAY ? withReplayed(rows) : rows;
            try (var _ = TensorScope.open()) {
                loss(batch).backward();
            }
            optimizer.step(RATE);
            optimizer.clearGradients();
        }
        if (variant == Variant.REPLAY) {
            remember(rows);
        }
    }

    private int[] withReplayed(int[] rows) {
        int count = Math.min(rows.length, reservoir.size());
        return IntStream.concat(
                        Arrays.stream(rows),
                        IntStream.range(0, count).map(i -> reservoir.get(random.nextInt(reservoir.size()))))
                .toArray();
    }

    /** Reservoir sampling: every sample shown so far is kept with the same probability. */
    private void remember(int[] rows) {
        for (int row : rows) {
            shown++;
            if (reservoir.size() < RESERVOIR) {
                reservoir.add(row);
            } else {
                long at = random.nextLong(shown);
                if (at < RESERVOIR) {
                    reservoir.set((int) at, row);
                }
            }
        }
    }

    private Tensor loss(int[] rows) {
        Tensor loss = crossEntropy(rows);
        for (Anchor anchor : penalties) {
            Tensor moved = anchor.parameter().value().sub(anchor.value());
            loss = loss.add(anchor.fisher().mul(moved.mul(moved)).sum(), new Scalar(strength / 2));
        }
        return loss;
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
    public void endTask(int[] rows) {
        if (variant != Variant.EWC || rows.length == 0) {
            return;
        }
        int count = Math.min(FISHER_SAMPLES, rows.length);
        List<Anchor> ended = new ArrayList<>();
        try (var _ = TensorScope.open()) {
            for (Parameter parameter : store.parameters()) {
                Tensor value = parameter.value().detach();
                ended.add(new Anchor(parameter, anchors.own(value.clone()), anchors.own(torch.zeros_like(value))));
            }
        }
        for (int i = 0; i < count; i++) {
            try (var _ = TensorScope.open()) {
                crossEntropy(new int[] {rows[i]}).backward();
                try (var _ = NoGrad.begin()) {
                    for (Anchor anchor : ended) {
                        Tensor g = anchor.parameter().value().grad();
                        anchor.fisher().addcmul_(g, g, new Scalar(1.0 / count));
                    }
                }
            }
            optimizer.clearGradients();
        }
        penalties.addAll(ended);
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
    public void close() {
        optimizer.close();
        store.close();
        anchors.close();
    }
}
