package dev.steelyard.incremental.bcnws;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.incremental.images.ImageBlocks;
import dev.steelyard.incremental.images.ImageClassifier;
import dev.steelyard.incremental.images.Parts;
import dev.steelyard.incremental.training.Check;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.Estimates;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Phase;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A network with its weights. Networks of the same seed and layers start at the same weights. */
final class Network implements AutoCloseable {
    static final String WEIGHTS = "model.safetensors";
    private static final JsonMapper JSON = new JsonMapper();

    private final NetworkConfig config;
    private final ParameterStore store = new ParameterStore();
    private final Estimates estimates = new Estimates();
    private final ChannelWatch watch = new ChannelWatch();
    private final ImageClassifier classifier;

    private Network(Torch engine, long seed, NetworkConfig config, Consumer<String> warnings) {
        this.config = config;
        try (var random = new RandomTensors(engine, seed)) {
            Parts parts = new Parts(
                    store,
                    random,
                    UnfitLayerException.normalization(config.normalization(estimates, warnings)),
                    UnfitLayerException.form(config.form()),
                    Reparametrization.NONE,
                    watch);
            classifier = ImageClassifier.of(
                    config.network(),
                    parts,
                    config.shape(),
                    config.channels(),
                    config.classes().size());
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /**
     * A network with new weights.
     *
     * @param warnings told of layers with other groups than wanted
     * @throws MethodException naming a layer whose channels or weights do not allow what is wanted
     */
    static Network create(Torch engine, long seed, NetworkConfig config, Consumer<String> warnings)
            throws MethodException {
        try {
            return new Network(engine, seed, config, warnings);
        } catch (UnfitLayerException e) {
            throw e.ofParameters();
        }
    }

    /**
     * A network as {@link #write} left it.
     *
     * @throws MethodException naming the file that does not fit the other, or itself
     */
    static Network read(Torch engine, Path folder) throws MethodException, IOException {
        NetworkConfig config = NetworkConfig.read(folder);
        config.requireWeights(folder);
        Network network = unfilled(engine, folder, config);
        try (var _ = TensorScope.open()) {
            network.store.restore(TensorFile.read(folder.resolve(WEIGHTS)));
            return network;
        } catch (IllegalArgumentException e) {
            network.close();
            throw MethodException.file(WEIGHTS, WEIGHTS + ": " + e.getMessage()).in(folder);
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
    }

    private static Network unfilled(Torch engine, Path folder, NetworkConfig config) throws MethodException {
        try {
            return new Network(engine, 0, config, _ -> {});
        } catch (UnfitLayerException e) {
            throw e.ofConfig().in(folder);
        }
    }

    void write(Path folder) throws IOException {
        write(folder, config.json(), store.save());
    }

    /** Writes a network's two files. */
    static void write(Path folder, ObjectNode config, Map<String, Tensor> tensors) throws IOException {
        Files.writeString(
                folder.resolve(NetworkConfig.FILE),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n");
        TensorFile.write(folder.resolve(WEIGHTS), tensors, Map.of("format", "pt"));
    }

    NetworkConfig config() {
        return config;
    }

    ParameterStore store() {
        return store;
    }

    Estimates estimates() {
        return estimates;
    }

    ChannelWatch watch() {
        return watch;
    }

    ImageClassifier classifier() {
        return classifier;
    }

    /** The parameter or buffer of a name. */
    Tensor tensor(String name) {
        Tensor found = store.save().get(name);
        if (found == null) {
            throw new IllegalArgumentException("the network has no " + name);
        }
        return found;
    }

    /**
     * Runs all images through, without gradients.
     *
     * @param check before each block of images
     */
    void pass(ImageSet images, Phase phase, Check check) throws InterruptedException {
        for (int[] some : ImageBlocks.of(images)) {
            check.run();
            pass(images, some, phase);
        }
    }

    private void pass(ImageSet images, int[] some, Phase phase) {
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            classifier.logits(classifier.input(images, some), phase);
        }
    }

    /** What one empty image shows of the layers: the sizes of their maps. */
    List<ChannelWatch.Seen> layers() {
        watch.begin();
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            long channels = config.shape().channels();
            classifier.logits(
                    torch.zeros(
                            1, channels, config.shape().height(), config.shape().width()),
                    Phase.EVALUATION);
        }
        return watch.end();
    }

    @Override
    public void close() {
        store.close();
    }
}
