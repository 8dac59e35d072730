package dev.steelyard.incremental.weightcompander;

import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.incremental.images.ImageBatch;
import dev.steelyard.incremental.images.ImageClassifier;
import dev.steelyard.incremental.images.ImageModelConfig;
import dev.steelyard.incremental.images.Parts;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.Normalization;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.nn.WeightCompander;
import dev.steelyard.tensor.train.Decay;
import dev.steelyard.tensor.train.Momentum;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.ParameterGroup;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.Sgd;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** What a step of a convolutional network takes, with and without compander, in turns. */
final class StepCost implements AutoCloseable {
    private static final int BATCH = 32;
    private static final int STEPS = 120;
    private static final ImageShape SHAPE = new ImageShape(1, 28, 28);

    private final ParameterStore store = new ParameterStore();
    private final ImageClassifier classifier;
    private final Optimizer optimizer;

    private StepCost(Torch engine, Reparametrization form) {
        var config = new ImageModelConfig(
                "cnn",
                List.of(16, 32),
                "batch",
                SHAPE,
                IntStream.range(0, 10).mapToObj(String::valueOf).toList());
        try (var random = new RandomTensors(engine, 1)) {
            classifier = config.build(new Parts(store, random, Normalization.BATCH, form, form));
        }
        optimizer = new Sgd(List.of(ParameterGroup.of(store.parameters(), 1e-4)), Momentum.of(0.9), Decay.COUPLED);
    }

    /** Median time of a step with compander over that of a step without, less 1. */
    static double share(Torch engine) {
        ImageBatch batch = batch();
        double[] plain = new double[STEPS];
        double[] companded = new double[STEPS];
        try (var first = new StepCost(engine, Reparametrization.NONE);
                var second = new StepCost(engine, WeightCompander.of(2, 2))) {
            for (int warm = 0; warm < STEPS / 4; warm++) {
                first.step(batch);
                second.step(batch);
            }
            for (int i = 0; i < STEPS; i++) {
                plain[i] = first.step(batch);
                companded[i] = second.step(batch);
            }
        }
        Arrays.sort(plain);
        Arrays.sort(companded);
        return companded[STEPS / 2] / plain[STEPS / 2] - 1;
    }

    private static ImageBatch batch() {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        float[] pixels = new float[BATCH * SHAPE.size()];
        long[] labels = new long[BATCH];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        for (int i = 0; i < BATCH; i++) {
            labels[i] = random.nextInt(10);
        }
        return new ImageBatch(pixels, labels);
    }

    private double step(ImageBatch batch) {
        long start = System.nanoTime();
        try (var _ = TensorScope.open()) {
            optimizer.clearGradients();
            classifier.loss(batch).backward();
            optimizer.step(0.01);
        }
        return System.nanoTime() - start;
    }

    @Override
    public void close() {
        optimizer.close();
        store.close();
    }
}
