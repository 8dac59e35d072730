package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts single images of one size together. */
final class ImageRows {
    private @Nullable ImageShape shape;
    private float[] pixels = {};
    private int count;

    /** @param name what the image is called in messages */
    void add(String name, ImageShape found, float[] values) throws ArtifactException {
        if (shape != null && !shape.equals(found)) {
            throw new ArtifactException(name, null, "is %s, images before it are %s".formatted(found, shape));
        }
        shape = found;
        long needed = (long) (count + 1) * values.length;
        if (needed > Matrix.MAX_VALUES) {
            throw new ArtifactException(
                    name, null, "is image %d; at most %d of %s are read".formatted(count, count, found));
        }
        if (needed > pixels.length) {
            pixels = Arrays.copyOf(pixels, (int) Math.min(Matrix.MAX_VALUES, Math.max(needed, 2L * pixels.length)));
        }
        System.arraycopy(values, 0, pixels, count * values.length, values.length);
        count++;
    }

    int count() {
        return count;
    }

    /** @throws ArtifactException when there is no image */
    ImageSet set(Optional<Labels> labels) throws ArtifactException {
        if (shape == null) {
            throw new ArtifactException("no images");
        }
        float[] exact = pixels.length == count * shape.size() ? pixels : Arrays.copyOf(pixels, count * shape.size());
        return new ImageSet(shape, Matrix.of(count, shape.size(), exact), labels);
    }
}
