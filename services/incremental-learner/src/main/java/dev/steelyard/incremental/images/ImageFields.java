package dev.steelyard.incremental.images;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.models.ModelConfig;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Fields that the {@code config.json} of all networks of images have. */
public final class ImageFields {
    private static final int MAX_CHANNELS = 3;
    private static final int MAX_LAYERS = 8;
    private static final String CHANNELS = "num_channels";
    private static final String HEIGHT = "image_height";
    private static final String WIDTH = "image_width";

    private ImageFields() {}

    /** Sizes of layers, pairs or blocks: 1 to 8 numbers, each from 1 to {@code max}. */
    public static List<Integer> sizes(ModelConfig config, String field, int max) throws ArtifactException {
        List<Integer> sizes = config.integers(field, 1, max);
        if (sizes.size() > MAX_LAYERS) {
            throw config.unexpected(field, "at most %d numbers".formatted(MAX_LAYERS));
        }
        return sizes;
    }

    /** @param leastSide pixels that height and width have at the least */
    public static ImageShape shape(ModelConfig config, int leastSide) throws ArtifactException {
        return new ImageShape(
                config.integer(CHANNELS, 1, MAX_CHANNELS),
                config.integer(HEIGHT, leastSide, ImageShape.MAX_SIDE),
                config.integer(WIDTH, leastSide, ImageShape.MAX_SIDE));
    }

    /** What {@link #shape} reads. */
    public static void put(ObjectNode config, ImageShape shape) {
        config.put(CHANNELS, shape.channels());
        config.put(HEIGHT, shape.height());
        config.put(WIDTH, shape.width());
    }

    /** What {@link ModelConfig#labels} reads as {@code id2label}. */
    public static void put(ObjectNode config, List<String> classes) {
        ObjectNode labels = config.putObject("id2label");
        for (int i = 0; i < classes.size(); i++) {
            labels.put(String.valueOf(i), classes.get(i));
        }
    }
}
