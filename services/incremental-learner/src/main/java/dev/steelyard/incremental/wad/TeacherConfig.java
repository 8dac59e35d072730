package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.incremental.images.ImageClassifier;
import dev.steelyard.incremental.images.ImageFields;
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
        return new TeacherConfig(
                type.substring(TYPE.length()),
                ImageFields.sizes(config, SIZES, 2048),
                config.integer("projection_dim", 2, 2048),
                ImageFields.shape(config, 1));
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
        ImageFields.put(config, shape);
        Files.writeString(
                folder.resolve("config.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n");
    }
}
