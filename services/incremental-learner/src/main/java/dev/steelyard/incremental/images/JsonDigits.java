package dev.steelyard.incremental.images;

import dev.steelyard.method.MethodException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/** Digits of 28×28 pixels as {@code {"data": [784 numbers from 0 to 1, again and again]}}, a file for each class. */
final class JsonDigits {
    private static final ImageShape SHAPE = new ImageShape(1, 28, 28);
    private static final JsonMapper JSON = new JsonMapper();

    private JsonDigits() {}

    static ImageSet read(List<Path> files) throws MethodException {
        List<float[]> images = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        List<String> classes = new ArrayList<>();
        for (Path file : files) {
            String name = ImageFolder.name(file);
            if (!name.matches("\\d+\\.json")) {
                continue;
            }
            for (float[] image : images(file, name)) {
                images.add(image);
                labels.add(classes.size());
            }
            classes.add(name.replace(".json", ""));
        }
        return Images.join(SHAPE, classes, images, labels);
    }

    private static List<float[]> images(Path file, String name) throws MethodException {
        List<float[]> images = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(file)) {
            while (parser.nextToken() != null && parser.currentToken() != JsonToken.START_ARRAY) {
                // to the one array of the file
            }
            float[] image = new float[SHAPE.size()];
            int at = 0;
            while (parser.nextToken() != null && parser.currentToken().isNumeric()) {
                float value = parser.getFloatValue();
                if (!(value >= 0 && value <= 1)) {
                    throw MethodException.file(name, "image %d: %s is not from 0 to 1".formatted(images.size(), value));
                }
                image[at++] = value;
                if (at == image.length) {
                    images.add(image);
                    image = new float[SHAPE.size()];
                    at = 0;
                }
            }
            if (at != 0) {
                throw MethodException.file(
                        name, "image %d has %d of %d values".formatted(images.size(), at, image.length));
            }
        } catch (JacksonException e) {
            throw MethodException.file(name, "is not valid JSON: " + e.getOriginalMessage());
        }
        return images;
    }
}
