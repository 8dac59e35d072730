package dev.steelyard.incremental.adamp;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.incremental.images.ImageClassifier;
import dev.steelyard.incremental.images.Parts;
import dev.steelyard.incremental.training.Learner;
import dev.steelyard.incremental.training.OptimizerChoice;
import dev.steelyard.incremental.training.WeightGeometry;
import dev.steelyard.incremental.training.WeightGroups;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.Normalization;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TrainingState;

/** One model with its optimizer and what is seen of its weights. Contenders of the same seed start at the same weights. */
final class Contender implements AutoCloseable {
    private final String name;
    private final ParameterStore store = new ParameterStore();
    private final ImageClassifier classifier;
    private final Optimizer optimizer;
    private final WeightGeometry geometry;

    Contender(Torch engine, long seed, OptimizerChoice choice, AdamPParams params, ImageSet data, long lookEvery) {
        name = choice.name().label();
        ImageShape shape = data.shape();
        int classes = data.classes().size();
        try (var random = new RandomTensors(engine, seed)) {
            Parts parts = Parts.of(store, random, Normalization.BATCH);
            classifier = params.network().equals("cnn")
                    ? ImageClassifier.cnn(parts, shape, params.hidden(), classes)
                    : ImageClassifier.mlp(parts, shape, params.hidden(), classes);
        }
        optimizer = choice.create(WeightGroups.of(store.parameters(), params.weightDecay(), params.noDecay()));
        geometry = new WeightGeometry(store.parameters(), optimizer, lookEvery);
    }

    String name() {
        return name;
    }

    ParameterStore store() {
        return store;
    }

    Optimizer optimizer() {
        return optimizer;
    }

    WeightGeometry geometry() {
        return geometry;
    }

    ImageClassifier classifier() {
        return classifier;
    }

    void join(TrainingState state) {
        state.with(name + ".model", store).with(name + ".optimizer", optimizer).with(name + ".geometry", geometry);
    }

    Learner<int[]> learner(ImageSet train) {
        return new Learner<>(
                name + "/loss", store.parameters(), optimizer, images -> classifier.loss(train, images), geometry);
    }

    @Override
    public void close() {
        optimizer.close();
        store.close();
    }
}
