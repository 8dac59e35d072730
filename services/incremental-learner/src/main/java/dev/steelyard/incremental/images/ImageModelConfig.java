package dev.steelyard.incremental.images;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.method.MethodException;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.tensor.nn.Normalization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code config.json} of an image classifier.
 *
 * @param network mlp, cnn, conv, strided or residual
 * @param hidden units or channels
 * @param normalization batch or none
 * @param classes in the order of the outputs
 * @param whitening whether it is for images that its {@code whitening.safetensors} whitens
 */
public record ImageModelConfig(
        String network,
        List<Integer> hidden,
        String normalization,
        ImageShape shape,
        List<String> classes,
        boolean whitening) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String FILE = "config.json";
    private static final String TYPE = "steelyard-image-";
    private static final String BATCH = "batch";
    private static final String SIZES = "hidden_sizes";
    private static final String WHITENING = "whitening";
    private static final String CNN = "cnn";
    private static final int CNN_SIDE = 4; // it halves them twice
    private static final int MAX_UNITS = 8192;

    /** Of a classifier of images as they are. */
    public ImageModelConfig(
            String network, List<Integer> hidden, String normalization, ImageShape shape, List<String> classes) {
        this(network, hidden, normalization, shape, classes, false);
    }

    /** @throws MethodException when images are too small for the network */
    public static ImageModelConfig of(String network, List<Integer> hidden, String normalization, ImageSet data)
            throws MethodException {
        return of(network, hidden, normalization, data.shape(), data.classes());
    }

    /** @throws MethodException when images are too small for the network */
    public static ImageModelConfig of(
            String network, List<Integer> hidden, String normalization, ImageShape shape, List<String> classes)
            throws MethodException {
        if (network.equals(CNN) && Math.min(shape.height(), shape.width()) < CNN_SIDE) {
            throw MethodException.input("a cnn takes images of %d×%d pixels or more, these are %d×%d"
                    .formatted(CNN_SIDE, CNN_SIDE, shape.height(), shape.width()));
        }
        return new ImageModelConfig(network, hidden, normalization, shape, classes);
    }

    /**
     * Reads a folder's.
     *
     * @throws ArtifactException naming the field that is missing or not what it must be; also of a classifier of whitened
     *     images, which nobody who reads one would whiten
     */
    public static ImageModelConfig read(Path folder) throws IOException {
        ModelConfig config = ModelConfig.read(folder);
        String type = config.text("model_type").orElse("");
        if (!type.matches(TYPE + "(mlp|cnn|conv|strided|residual)")) {
            throw config.unexpected("model_type", "steelyard-image-mlp, -cnn, -conv, -strided or -residual");
        }
        if (config.has("channels") && !config.has(SIZES)) {
            throw new ArtifactException(
                            FILE,
                            null,
                            "is of a model of bcn-ws; expected an image classifier of adamp, wad or weight-compander")
                    .in(folder);
        }
        if (config.flag(WHITENING, false)) {
            throw config.unexpected(
                    WHITENING, "a classifier of images as they are, not as whitening.safetensors whitens them");
        }
        String network = type.substring(TYPE.length());
        boolean cnn = network.equals(CNN);
        List<Integer> hidden = cnn ? config.integers(SIZES, 1, MAX_UNITS) : ImageFields.sizes(config, SIZES, MAX_UNITS);
        if (cnn && hidden.size() != 2) {
            throw config.unexpected(SIZES, "two numbers");
        }
        String normalization = config.text("normalization").orElse(BATCH);
        if (!normalization.matches("batch|none")) {
            throw config.unexpected("normalization", "batch or none");
        }
        ImageShape shape = ImageFields.shape(config, cnn ? CNN_SIDE : 1);
        return new ImageModelConfig(network, hidden, normalization, shape, config.labels("id2label"));
    }

    /**
     * Looks whether the weights beside it can be this network's: {@code config.json} may ask for any amount of memory.
     *
     * @throws ArtifactException when they are fewer
     */
    public void requireWeights(Path folder) throws IOException {
        WeightsInFile.require(
                folder, SIZES, hidden, ImageClassifier.leastWeights(network, shape, hidden, classes.size()));
    }

    /** Writes it into a folder. */
    public void write(Path folder) throws IOException {
        ObjectNode config = JSON.createObjectNode();
        config.put("model_type", TYPE + network);
        config.putPOJO(SIZES, hidden);
        if (!normalization.equals(BATCH)) {
            config.put("normalization", normalization);
        }
        if (whitening) {
            config.put(WHITENING, true);
        }
        ImageFields.put(config, shape);
        ImageFields.put(config, classes);
        Files.writeString(
                folder.resolve(FILE), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n");
    }

    /** The same classifier of whitened images. */
    public ImageModelConfig ofWhitened() {
        return new ImageModelConfig(network, hidden, normalization, shape, classes, true);
    }

    /** Which normalization layers have. */
    public Normalization norm() {
        return normalization.equals(BATCH) ? Normalization.BATCH : Normalization.NONE;
    }

    /** The network, made of some parts. */
    public ImageClassifier build(Parts parts) {
        return ImageClassifier.of(network, parts, shape, hidden, classes.size());
    }
}
