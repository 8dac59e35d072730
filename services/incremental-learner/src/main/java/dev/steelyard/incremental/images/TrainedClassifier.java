package dev.steelyard.incremental.images;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.Normalization;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * A classifier that a training job of this service wrote: {@code model.safetensors} and {@code config.json} with the
 * {@code model_type} steelyard-image-mlp, -cnn or -strided.
 */
public final class TrainedClassifier implements AutoCloseable {
    /** What model types begin with. */
    public static final String MODEL_TYPE = "steelyard-image-";

    private static final int MOST_UNITS = 8192;
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
        ModelConfig config = ModelConfig.read(folder);
        ImageShape shape = new ImageShape(
                config.integer("num_channels", 1, 3),
                config.integer("image_height", 1, ImageShape.MAX_SIDE),
                config.integer("image_width", 1, ImageShape.MAX_SIDE));
        try (var _ = TensorScope.open()) {
            Map<String, Tensor> saved = TensorFile.read(folder.resolve(Checkpoint.SINGLE));
            Tensor head = saved.get(HEAD);
            if (head == null || head.dim() != 2) {
                throw new ArtifactException(Checkpoint.SINGLE, HEAD, "expected a weight [classes, features]");
            }
            ParameterStore store = new ParameterStore();
            try (var random = new RandomTensors(engine, 0)) {
                Normalization normalization =
                        saved.containsKey("layers.0.norm.weight") ? Normalization.BATCH : Normalization.NONE;
                Parts parts = Parts.of(store, random, normalization);
                ImageClassifier classifier = build(config, parts, shape, Math.toIntExact(head.size(0)));
                store.restore(saved);
                return new TrainedClassifier(
                        classifier, store, Math.toIntExact(head.size(1)), Math.toIntExact(head.size(0)));
            } catch (IllegalArgumentException e) {
                store.close();
                throw new ArtifactException(Checkpoint.SINGLE, null, "is not what config.json says: " + e.getMessage());
            } catch (IOException | RuntimeException e) {
                store.close();
                throw e;
            }
        }
    }

    private static ImageClassifier build(ModelConfig config, Parts parts, ImageShape shape, int classes)
            throws ArtifactException {
        String type = config.text("model_type").orElse("");
        List<Integer> sizes = config.integers("hidden_sizes", 1, MOST_UNITS);
        return switch (type.substring(Math.min(type.length(), MODEL_TYPE.length()))) {
            case "mlp" -> ImageClassifier.mlp(parts, shape, sizes, classes);
            case "cnn" -> {
                if (sizes.size() != 2) {
                    throw config.unexpected("hidden_sizes", "the channels of two convolutions");
                }
                yield ImageClassifier.cnn(parts, shape, sizes, classes);
            }
            case "strided" -> ImageClassifier.strided(parts, shape, sizes, classes);
            default ->
                throw config.unexpected(
                        "model_type", "%smlp, %scnn or %sstrided".formatted(MODEL_TYPE, MODEL_TYPE, MODEL_TYPE));
        };
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
