package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.incremental.images.ImageBlocks;
import dev.steelyard.incremental.images.ImageClassifier;
import dev.steelyard.incremental.images.ImageModelConfig;
import dev.steelyard.incremental.images.Parts;
import dev.steelyard.incremental.training.AveragedWeights;
import dev.steelyard.incremental.training.Averaging;
import dev.steelyard.incremental.training.Check;
import dev.steelyard.incremental.training.Learner;
import dev.steelyard.incremental.wad.StudentBatch.Labelled;
import dev.steelyard.incremental.wad.StudentBatch.Weighed;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Phase;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.MovingAverage;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TrainingState;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A classifier that learns from labelled images, and from those of the pool by what they count. */
final class Student implements AutoCloseable {
    private final ImageModelConfig config;
    private final ParameterStore store = new ParameterStore();
    private final KeptStatistics statistics = new KeptStatistics();
    private final ImageClassifier classifier;
    private final boolean keepsStatistics;
    private final Optional<MovingAverage> average; // of parameters and running statistics

    /** With random weights from a seed, which are the same for all students of a job. */
    Student(Torch engine, long seed, ImageModelConfig config, StudentParams params) {
        this.config = config;
        keepsStatistics = params.statistics().equals("labelled");
        try (var random = new RandomTensors(engine, seed)) {
            classifier =
                    config.build(new Parts(store, random, statistics, Reparametrization.NONE, Reparametrization.NONE));
        }
        average = params.average() > 0
                ? Optional.of(new MovingAverage(values(store), params.average()))
                : Optional.empty();
    }

    private static Map<String, Supplier<Tensor>> values(ParameterStore store) {
        Map<String, Supplier<Tensor>> values = new LinkedHashMap<>();
        store.save().forEach((name, value) -> {
            if (value.is_floating_point()) {
                values.put(name, () -> value);
            }
        });
        return values;
    }

    ImageModelConfig config() {
        return config;
    }

    /** What is trained. */
    ParameterStore store() {
        return store;
    }

    /** Adds all that it is to the state of a run. */
    void join(String name, TrainingState state) {
        state.with(name, store);
        average.ifPresent(weights -> state.with(name + ".average", weights));
    }

    /** To be told of each update. */
    Learner.Observer observer() {
        return Averaging.of(average);
    }

    /** The checkpoint, of averages where there are; live tensors, or of the innermost open scope. */
    SequencedMap<String, Tensor> exported() {
        SequencedMap<String, Tensor> exported = store.exported();
        average.ifPresent(weights -> exported.putAll(weights.averages()));
        return exported;
    }

    /**
     * Share of images that it has right.
     *
     * @param check before each block of images
     */
    double accuracy(ImageSet images, Check check) throws InterruptedException {
        try (var _ = AveragedWeights.in(store, average)) {
            return classifier.accuracy(images, check);
        }
    }

    /** Mean cross-entropy of labelled images. */
    Tensor loss(Labelled batch) {
        return losses(logits(batch.pixels(), Phase.TRAINING), batch.labels()).mean();
    }

    /** The same, and the mean over images of the pool of their weight times their cross-entropy. */
    Tensor loss(Labelled batch, Weighed pool) {
        Tensor labelled = loss(batch);
        Tensor logits = beside(() -> logits(pool.pixels(), Phase.TRAINING));
        Tensor weights = Tensors.of(pool.weights(), pool.weights().length);
        return labelled.add(losses(logits, pool.labels()).mul(weights).mean());
    }

    /**
     * FixMatch: the student itself tells the class of an image, and where it is sure learns to tell it of the image
     * changed strongly.
     *
     * @param strong the pool's images, changed
     */
    Tensor loss(Labelled batch, Weighed pool, float[] strong, double confidence) {
        Tensor labelled = loss(batch);
        Tensor sure; // [n], 0 or 1
        Tensor classes; // [n]
        try (var _ = NoGrad.begin()) {
            Tensor p = beside(() -> logits(pool.pixels(), Phase.TRAINING)).softmax(1);
            var best = p.max(1, false);
            sure = best.get0().ge(new Scalar(confidence)).to(ScalarType.Float);
            classes = best.get1();
        }
        Tensor logits = beside(() -> logits(strong, Phase.TRAINING));
        return labelled.add(losses(logits, classes).mul(sure).mean());
    }

    private Tensor beside(Supplier<Tensor> computation) {
        return keepsStatistics ? statistics.keeping(computation) : computation.get();
    }

    private Tensor logits(float[] pixels, Phase phase) {
        var shape = classifier.shape();
        return classifier.logits(
                Tensors.of(pixels, pixels.length / shape.size(), shape.channels(), shape.height(), shape.width()),
                phase);
    }

    private static Tensor losses(Tensor logits, long[] labels) {
        return losses(logits, Tensors.of(labels, labels.length));
    }

    /** Cross-entropy of each image, [n]. */
    private static Tensor losses(Tensor logits, Tensor labels) {
        return torch.log_softmax(logits, 1)
                .gather(1, labels.unsqueeze(1))
                .squeeze(1)
                .neg();
    }

    /**
     * Log probabilities of all classes as the student sees the images unchanged, [n, classes].
     *
     * @param check before each block of images
     */
    float[] logProbabilities(ImageSet images, int[] chosen, int classes, Check check) throws InterruptedException {
        FloatBuffer all = FloatBuffer.allocate(chosen.length * classes);
        try (var _ = AveragedWeights.in(store, average)) {
            for (int[] block : ImageBlocks.of(images.shape(), chosen)) {
                check.run();
                all.put(logProbabilities(images, block));
            }
        }
        return all.array();
    }

    private float[] logProbabilities(ImageSet images, int[] block) {
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            return Tensors.toFloats(torch.log_softmax(logits(images.pixels(block), Phase.EVALUATION), 1));
        }
    }

    @Override
    public void close() {
        average.ifPresent(MovingAverage::close);
        store.close();
    }
}
