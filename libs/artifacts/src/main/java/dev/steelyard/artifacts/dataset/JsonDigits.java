package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/** Digits of 28×28 pixels as {@code {"data": [784 numbers from 0 to 1, again and again]}}, a file for each class. */
final class JsonDigits {
    private static final ImageShape SHAPE = new ImageShape(1, 28, 28);
    private static final JsonMapper JSON = new JsonMapper();

    private JsonDigits() {}

    static ImageSet read(PartFolder part) throws IOException {
        ImageRows images = new ImageRows();
        LabelColumn labels = part.labels();
        for (Path file : part.files("\\d+\\.json")) {
            long label = label(part, file);
            int before = images.count();
            images(part, file, images);
            for (int i = before; i < images.count(); i++) {
                labels.add(part.name(file), "row " + (i - before), label);
            }
        }
        return images.set(images.count() == 0 ? Optional.empty() : Optional.of(labels.labels()));
    }

    private static long label(PartFolder part, Path file) throws ArtifactException {
        try {
            return Long.parseLong(PartFolder.lower(file).replace(".json", ""));
        } catch (NumberFormatException e) {
            throw part.refuse(file, "is named after a label of more than 64 bits");
        }
    }

    private static void images(PartFolder part, Path file, ImageRows into) throws IOException {
        try (JsonParser parser = JSON.createParser(file)) {
            while (parser.nextToken() != null && parser.currentToken() != JsonToken.START_ARRAY) {
                // to the one array of the file
            }
            if (parser.currentToken() == null) {
                throw part.refuse(file, "has no array of numbers");
            }
            array(part, file, parser, into);
            while (parser.nextToken() == JsonToken.END_OBJECT) {
                // what the array lies in
            }
            if (parser.currentToken() != null) {
                throw part.refuse(file, "has more after its array, which is not read");
            }
        } catch (JacksonException e) {
            throw part.refuse(file, "is not valid JSON: " + e.getOriginalMessage());
        }
    }

    private static void array(PartFolder part, Path file, JsonParser parser, ImageRows into) throws IOException {
        float[] image = new float[SHAPE.size()];
        int row = 0;
        int at = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            image[at++] = pixel(part, file, parser, row);
            if (at == image.length) {
                into.add(part.name(file), SHAPE, image);
                row++;
                at = 0;
            }
        }
        if (at != 0) {
            throw part.refuse(file, "image %d has %d of %d values".formatted(row, at, image.length));
        }
    }

    private static float pixel(PartFolder part, Path file, JsonParser parser, int row) throws ArtifactException {
        if (!parser.currentToken().isNumeric()) {
            throw part.refuse(file, "image %d: %s is not a number".formatted(row, parser.getString()));
        }
        float value = parser.getFloatValue();
        if (!(value >= 0 && value <= 1)) {
            throw part.refuse(file, "image %d: %s is not from 0 to 1".formatted(row, value));
        }
        return value;
    }
}
