package dev.steelyard.incremental.adamp;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.incremental.images.ImageClassifier;
import dev.steelyard.incremental.images.ImageModelConfig;
import dev.steelyard.incremental.images.Parts;
import dev.steelyard.incremental.training.Closing;
import dev.steelyard.incremental.training.Learner;
import dev.steelyard.incremental.training.OptimizerChoice;
import dev.steelyard.incremental.training.ReparamParams;
import dev.steelyard.incremental.training.WeightGeometry;
import dev.steelyard.incremental.training.WeightGroups;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.Normalization;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.nn.UnfitWeightException;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TrainingState;

/** One model with its optimizer and what is seen of its weights. Contenders of the same seed start at the same weights. */
final class Contender implements AutoCloseable {
    private final String name;
    private final ImageModelConfig config;
    private final ParameterStore store = new ParameterStore();
    private final ImageClassifier classifier;
    private final Optimizer optimizer;
    private final WeightGeometry geometry;

    /** @throws MethodException when images are too small for the network, or an initial weight cannot be reparametrized */
    Contender(Torch engine, JobContext job, OptimizerChoice choice, AdamPParams params, ImageSet data, long lookEvery)
            throws MethodException {
        name = choice.name().label();
        config = ImageModelConfig.of(params.network(), params.hidden(), "batch", data);
        try (Closing unfinished = new Closing();
                var random = new RandomTensors(engine, job.seed())) {
            unfinished.with(store, ParameterStore::close);
            Reparametrization form = params.reparamOrNone().form(false);
            classifier = config.build(new Parts(store, random, Normalization.BATCH, form, form));
            params.reparamOrNone().requireTargets(store);
            optimizer = choice.create(params.reparamOrNone()
                    .groups(WeightGroups.of(store.parameters(), params.weightDecay(), params.noDecay())));
            geometry = new WeightGeometry(job, name, store.parameters(), optimizer, lookEvery);
            unfinished.keep();
        } catch (UnfitWeightException e) {
            throw ReparamParams.unfit(e);
        }
    }

    String name() {
        return name;
    }

    ImageModelConfig config() {
        return config;
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
