package dev.steelyard.incremental.images;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.Reading;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TensorFile;
import dev.steelyard.tensor.train.TrainingState;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A classifier that a training job of this service wrote: {@code model.safetensors} and {@code config.json} with the
 * {@code model_type} steelyard-image-….
 */
public final class TrainedClassifier implements AutoCloseable {
    /** What model types begin with. */
    public static final String MODEL_TYPE = "steelyard-image-";

    private static final String HEAD = "classifier.weight";

    private final ImageClassifier classifier;
    private final ParameterStore store;
    private final int features;
    private final int classes;

    private TrainedClassifier(ImageClassifier classifier, ParameterStore store, int features, int classes) {
        this.classifier = classifier;
        this.store = store;
        this.features = features;
        this.classes = classes;
    }

    /** Whether a folder's config names such a classifier. */
    public static boolean in(Path folder) throws IOException {
        return ModelConfig.read(folder).text("model_type").orElse("").startsWith(MODEL_TYPE);
    }

    /**
     * Reads a folder.
     *
     * @throws ArtifactException naming file and field, or tensor, that does not fit
     */
    public static TrainedClassifier open(Torch engine, Path folder) throws IOException {
        return Reading.in(folder, () -> read(engine, folder));
    }

    private static TrainedClassifier read(Torch engine, Path folder) throws IOException {
        ImageModelConfig config = ImageModelConfig.read(folder);
        config.requireWeights(folder);
        ParameterStore store = new ParameterStore();
        try (var _ = TensorScope.open();
                var random = new RandomTensors(engine, 0)) {
            ImageClassifier classifier = config.build(Parts.of(store, random, config.norm()));
            store.restore(TensorFile.read(folder.resolve(Checkpoint.SINGLE)));
            long features = TrainingState.require(store.save(), HEAD).size(1);
            return new TrainedClassifier(
                    classifier,
                    store,
                    Math.toIntExact(features),
                    config.classes().size());
        } catch (IllegalArgumentException e) {
            store.close();
            throw new ArtifactException(Checkpoint.SINGLE, null, "is not what config.json says: " + e.getMessage());
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    public ImageClassifier classifier() {
        return classifier;
    }

    /** Numbers that the last layer sees. */
    public int features() {
        return features;
    }

    /** Scores that the last layer gives. */
    public int classes() {
        return classes;
    }

    @Override
    public void close() {
        store.close();
    }
}
