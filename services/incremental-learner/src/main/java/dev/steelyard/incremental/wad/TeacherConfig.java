package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.incremental.images.ImageClassifier;
import dev.steelyard.incremental.images.WeightsInFile;
import dev.steelyard.models.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code config.json} of a teacher.
 *
 * @param network conv, strided or residual
 * @param hidden channels
 * @param projection numbers of an embedding
 * @param shape of images
 */
record TeacherConfig(String network, List<Integer> hidden, int projection, ImageShape shape) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String SIZES = "hidden_sizes";
    private static final int MAX_LAYERS = 8;
    private static final String TYPE = "steelyard-contrastive-";

    static TeacherConfig of(TeacherParams params, ImageShape shape) {
        return new TeacherConfig(params.network(), params.hidden(), params.projection(), shape);
    }

    /** @throws dev.steelyard.artifacts.ArtifactException naming the field that is not what it must be */
    static TeacherConfig read(Path folder) throws IOException {
        ModelConfig config = ModelConfig.read(folder);
        String type = config.text("model_type").orElse("");
        if (!type.matches(TYPE + "(conv|strided|residual)")) {
            throw config.unexpected("model_type", "%1$sconv, %1$sstrided or %1$sresidual".formatted(TYPE));
        }
        List<Integer> hidden = config.integers(SIZES, 1, 2048);
        if (hidden.size() > MAX_LAYERS) {
            throw config.unexpected(SIZES, "at most %d numbers".formatted(MAX_LAYERS));
        }
        return new TeacherConfig(
                type.substring(TYPE.length()),
                hidden,
                config.integer("projection_dim", 2, 2048),
                new ImageShape(
                        config.integer("num_channels", 1, 3),
                        config.integer("image_height", 1, ImageShape.MAX_SIDE),
                        config.integer("image_width", 1, ImageShape.MAX_SIDE)));
    }

    /** @throws dev.steelyard.artifacts.ArtifactException when the weights beside it are too few to be this teacher's */
    void requireWeights(Path folder) throws IOException {
        WeightsInFile.require(folder, SIZES, hidden, ImageClassifier.leastWeights(network, shape, hidden, projection));
    }

    void write(Path folder) throws IOException {
        ObjectNode config = JSON.createObjectNode();
        config.put("model_type", TYPE + network);
        config.putPOJO(SIZES, hidden);
        config.put("projection_dim", projection);
        config.put("num_channels", shape.channels());
        config.put("image_height", shape.height());
        config.put("image_width", shape.width());
        Files.writeString(
                folder.resolve("config.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n");
    }
}
