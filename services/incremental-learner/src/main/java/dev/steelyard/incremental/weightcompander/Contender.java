package dev.steelyard.incremental.weightcompander;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.incremental.images.Activations;
import dev.steelyard.incremental.images.ImageBatch;
import dev.steelyard.incremental.images.ImageClassifier;
import dev.steelyard.incremental.images.ImageModelConfig;
import dev.steelyard.incremental.images.Parts;
import dev.steelyard.incremental.training.Averaging;
import dev.steelyard.incremental.training.Closing;
import dev.steelyard.incremental.training.Learner;
import dev.steelyard.incremental.training.ReparamParams;
import dev.steelyard.incremental.training.StartingWeights;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.ShapeException;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.Dropout;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.nn.UnfitWeightException;
import dev.steelyard.tensor.nn.Weight;
import dev.steelyard.tensor.train.MovingAverage;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TrainingState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/** One model in training. Contenders of the same seed start at the same weights and drop the same outputs. */
final class Contender implements AutoCloseable {
    private static final long DROPOUT_STREAM = 0x6d61736b;

    private final String name;
    private final ParameterStore store;
    private final RandomTensors masks;
    private final ImageClassifier classifier;
    private final Optimizer optimizer;
    private final ShapeLog shapes;
    private final Optional<MovingAverage> average;
    private final OptionalDouble startAccuracy;

    /**
     * What all contenders of a job share.
     *
     * @param looks of the shapes of weights over the run, about
     */
    record Setting(
            Torch engine,
            JobContext job,
            WeightCompanderParams params,
            ImageModelConfig config,
            Optional<StartingWeights> start,
            long steps,
            long looks) {}

    /**
     * @param store takes the weights; is closed with the contender, and where there is to be none
     * @throws MethodException when an initial weight cannot be companded, or is not of the shape it must have
     */
    Contender(Setting setting, ReparamParams reparam, ImageSet test, ParameterStore store)
            throws MethodException, InterruptedException {
        WeightCompanderParams params = setting.params;
        name = reparam.isNone() ? "plain" : "companded";
        try (Closing unfinished = new Closing()) {
            this.store = unfinished.with(store, ParameterStore::close);
            masks = unfinished.with(
                    new RandomTensors(setting.engine, setting.job.seed() ^ DROPOUT_STREAM), RandomTensors::close);
            classifier = classifier(setting, reparam, store, masks);
            reparam.requireTargets(store);
            if (setting.start.isPresent()) {
                setting.start.get().complete(store);
            }
            optimizer = unfinished.with(params.optimizer().create(store.parameters(), reparam), Optimizer::close);
            average = params.average() > 0
                    ? Optional.of(
                            unfinished.with(new MovingAverage(values(store), params.average()), MovingAverage::close))
                    : Optional.empty();
            Map<String, Tensor> averages =
                    average.<Map<String, Tensor>>map(MovingAverage::averages).orElse(Map.of());
            shapes = new ShapeLog(
                    setting.job, name, store, averages, Math.max(1, setting.steps / setting.looks), setting.steps);
            startAccuracy = setting.start.isPresent()
                    ? OptionalDouble.of(classifier.accuracy(test, setting.job::checkCancelled))
                    : OptionalDouble.empty();
            unfinished.keep();
        }
    }

    private static ImageClassifier classifier(
            Setting setting, ReparamParams reparam, ParameterStore store, RandomTensors masks) throws MethodException {
        try (var random = new RandomTensors(setting.engine, setting.job.seed())) {
            Reparametrization form = form(setting, reparam, random);
            Dropout dropout = new Dropout(masks, setting.params.dropout());
            Activations activations = (layer, channels) ->
                    Activations.RELU.create(layer, channels).then(dropout);
            return setting.config.build(new Parts(store, random, setting.config.norm(), form, form, activations));
        } catch (UnfitWeightException e) {
            throw ReparamParams.unfit(e);
        } catch (ShapeException e) {
            throw setting.start.orElseThrow(() -> e).misshapen(e);
        }
    }

    private static Reparametrization form(Setting setting, ReparamParams reparam, RandomTensors random) {
        Reparametrization form = reparam.form(setting.start.isPresent());
        if (setting.start.isPresent()) {
            return setting.start.get().under(form);
        }
        return setting.params.initial().equals("normal") ? normal(form, random) : form;
    }

    /** Initial weights of variance 2/inputs (He and others, arXiv:1502.01852). */
    private static Reparametrization normal(Reparametrization form, RandomTensors random) {
        return (parameters, name, initial) -> form.create(parameters, name, () -> {
            long[] shape = Shapes.of(initial.get());
            long inputs = Shapes.count(shape) / shape[0];
            return random.normal(Math.sqrt(2.0 / inputs), shape);
        });
    }

    /** What is exported, but for counts: weights as they are computed with, and the running statistics that go with them. */
    private static Map<String, Supplier<Tensor>> values(ParameterStore store) {
        Map<String, Supplier<Tensor>> values = new LinkedHashMap<>();
        store.exported().forEach((name, value) -> {
            Weight weight = store.weights().get(name);
            if (weight != null) {
                values.put(name, weight::value);
            } else if (value.is_floating_point()) {
                values.put(name, () -> value);
            }
        });
        return values;
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

    ImageClassifier classifier() {
        return classifier;
    }

    ShapeLog shapes() {
        return shapes;
    }

    /** Share of the test images that the model it started from has right, with the weights as they are companded. */
    OptionalDouble startAccuracy() {
        return startAccuracy;
    }

    /** The ordinary checkpoint, of averages where there are; of the innermost open scope. */
    SequencedMap<String, Tensor> exported() {
        SequencedMap<String, Tensor> exported = store.exported();
        average.ifPresent(weights -> exported.putAll(weights.averages()));
        return exported;
    }

    void join(TrainingState state) {
        state.with(name + ".model", store)
                .with(name + ".optimizer", optimizer)
                .with(name + ".masks", masks)
                .with(name + ".shapes", shapes);
        average.ifPresent(weights -> state.with(name + ".average", weights));
    }

    Learner<ImageBatch> learner() {
        Learner.Observer observer = Averaging.of(average).and(shapes);
        return new Learner<>(name + "/loss", store.parameters(), optimizer, classifier::loss, observer);
    }

    @Override
    public void close() {
        average.ifPresent(MovingAverage::close);
        optimizer.close();
        masks.close();
        store.close();
    }
}
