package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.Reading;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.incremental.images.ImageClassifier;
import dev.steelyard.incremental.images.Parts;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.Layer;
import dev.steelyard.tensor.nn.Linear;
import dev.steelyard.tensor.nn.Normalization;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Phase;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** An encoder of images with a projection head: linear, ReLU, linear. Trained without labels. */
final class Teacher implements AutoCloseable {
    /** Units between the head's layers; below it as many as the encoder has features. */
    private static final long WIDEST = 2048;

    private final TeacherConfig config;
    private final ParameterStore store = new ParameterStore();
    private final Layer layers;

    /** With random weights from a seed. */
    Teacher(Torch engine, long seed, TeacherConfig config) {
        this.config = config;
        long features = ImageClassifier.features(config.network(), config.shape(), config.hidden());
        long hidden = Math.min(features, WIDEST);
        try (var random = new RandomTensors(engine, seed)) {
            Parts parts = Parts.of(store, random, Normalization.BATCH);
            layers = ImageClassifier.body(config.network(), parts, config.shape(), config.hidden())
                    .then(Linear.create(store, "projection.0", random, features, hidden))
                    .then((x, _) -> torch.relu(x))
                    .then(Linear.create(store, "projection.2", random, hidden, config.projection()));
        }
    }

    /**
     * Reads one that {@link #write} wrote.
     *
     * @throws ArtifactException naming file and field, or tensor, that does not fit
     */
    static Teacher read(Torch engine, Path folder) throws IOException {
        TeacherConfig config = TeacherConfig.read(folder);
        config.requireWeights(folder);
        return Reading.in(folder, () -> read(engine, folder, config));
    }

    private static Teacher read(Torch engine, Path folder, TeacherConfig config) throws IOException {
        Teacher teacher = new Teacher(engine, 0, config);
        try (var _ = TensorScope.open()) {
            teacher.store.restore(TensorFile.read(folder.resolve(Checkpoint.SINGLE)));
            return teacher;
        } catch (IllegalArgumentException e) {
            teacher.close();
            throw new ArtifactException(Checkpoint.SINGLE, null, "is not what config.json says: " + e.getMessage());
        } catch (IOException | RuntimeException e) {
            teacher.close();
            throw e;
        }
    }

    void write(Path folder) throws IOException {
        config.write(folder);
        try (var _ = TensorScope.open()) {
            TensorFile.write(folder.resolve(Checkpoint.SINGLE), store.exported(), Map.of("format", "pt"));
        }
    }

    TeacherConfig config() {
        return config;
    }

    ParameterStore store() {
        return store;
    }

    /**
     * Embeddings of length 1, [n, projection].
     *
     * @param pixels of n images, one after another
     */
    Tensor embed(float[] pixels, Phase phase) {
        var shape = config.shape();
        Tensor images =
                Tensors.of(pixels, pixels.length / shape.size(), shape.channels(), shape.height(), shape.width());
        return NtXent.normalized(layers.forward(images, phase));
    }

    @Override
    public void close() {
        store.close();
    }
}
