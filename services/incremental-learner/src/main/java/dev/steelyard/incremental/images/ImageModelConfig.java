package dev.steelyard.incremental.images;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.Reading;
import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.tensor.nn.Normalization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code config.json} of an image classifier.
 *
 * @param network mlp, cnn, conv, strided or residual
 * @param hidden units or channels
 * @param normalization batch or none
 * @param classes in the order of the outputs
 */
public record ImageModelConfig(
        String network, List<Integer> hidden, String normalization, ImageShape shape, List<String> classes) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String FILE = "config.json";
    private static final String TYPE = "steelyard-image-";
    private static final String BATCH = "batch";
    private static final int MAX_UNITS = 8192;

    public static ImageModelConfig of(String network, List<Integer> hidden, String normalization, ImageSet data) {
        return new ImageModelConfig(network, hidden, normalization, data.shape(), data.classes());
    }

    /**
     * Reads a folder's.
     *
     * @throws ArtifactException naming the field that is missing or not what it must be
     */
    public static ImageModelConfig read(Path folder) throws IOException {
        return Reading.in(folder, () -> readFile(folder));
    }

    private static ImageModelConfig readFile(Path folder) throws IOException {
        JsonNode fields;
        try {
            fields = JSON.readTree(folder.resolve(FILE).toFile());
        } catch (JacksonException e) {
            throw new ArtifactException(FILE, null, "is missing or not JSON: " + e.getOriginalMessage());
        }
        String type = fields.path("model_type").asString("");
        require(
                type.matches(TYPE + "(mlp|cnn|conv|strided|residual)"),
                "model_type",
                "steelyard-image-mlp, -cnn, -conv, -strided or -residual");
        String network = type.substring(TYPE.length());
        List<Integer> hidden = new ArrayList<>();
        for (JsonNode units : fields.path("hidden_sizes")) {
            hidden.add(positive(units, "hidden_sizes", MAX_UNITS));
        }
        require(
                !hidden.isEmpty() && (!network.equals("cnn") || hidden.size() == 2),
                "hidden_sizes",
                "the layers' sizes");
        String normalization = fields.path("normalization").asString(BATCH);
        require(normalization.matches("batch|none"), "normalization", "batch or none");
        ImageShape shape = new ImageShape(
                positive(fields.path("num_channels"), "num_channels", 3),
                positive(fields.path("image_height"), "image_height", ImageShape.MAX_SIDE),
                positive(fields.path("image_width"), "image_width", ImageShape.MAX_SIDE));
        List<String> classes = new ArrayList<>();
        JsonNode labels = fields.path("id2label");
        for (int i = 0; i < labels.size(); i++) {
            JsonNode label = labels.path(String.valueOf(i));
            require(label.isString(), "id2label", "a label for each number from 0");
            classes.add(label.stringValue());
        }
        require(!classes.isEmpty(), "id2label", "a label for each number from 0");
        return new ImageModelConfig(network, hidden, normalization, shape, classes);
    }

    private static int positive(JsonNode value, String field, int max) throws ArtifactException {
        require(
                value.isInt() && value.intValue() >= 1 && value.intValue() <= max,
                field,
                "a whole number from 1 to " + max);
        return value.intValue();
    }

    private static void require(boolean holds, String field, String expected) throws ArtifactException {
        if (!holds) {
            throw new ArtifactException(FILE, null, field + ": expected " + expected);
        }
    }

    /** Writes it into a folder. */
    public void write(Path folder) throws IOException {
        ObjectNode config = JSON.createObjectNode();
        config.put("model_type", TYPE + network);
        config.putPOJO("hidden_sizes", hidden);
        if (!normalization.equals(BATCH)) {
            config.put("normalization", normalization);
        }
        config.put("num_channels", shape.channels());
        config.put("image_height", shape.height());
        config.put("image_width", shape.width());
        ObjectNode labels = config.putObject("id2label");
        for (int i = 0; i < classes.size(); i++) {
            labels.put(String.valueOf(i), classes.get(i));
        }
        Files.writeString(
                folder.resolve(FILE), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n");
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
