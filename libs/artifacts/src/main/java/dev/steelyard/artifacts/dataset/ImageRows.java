package dev.steelyard.artifacts.dataset;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts single images of one size together. */
final class ImageRows {
    private static final int LISTED = 20;

    private @Nullable ImageShape shape;
    private float[] pixels = {};
    private final List<String> ids = new ArrayList<>();
    private final List<ArtifactException> unreadable = new ArrayList<>();
    private int count;

    /** A picture to be decoded. */
    @FunctionalInterface
    interface Decoding {
        Picture decode() throws IOException;
    }

    /**
     * Adds an image file's; one that cannot be read is named when the set is made, with all others.
     *
     * @param name what the image is called in messages
     * @param id what it is called by the data set, if anything
     */
    void add(String name, Optional<String> id, Decoding decoding) throws IOException {
        Picture picture;
        try {
            picture = decoding.decode();
        } catch (ArtifactException e) {
            unreadable.add(e);
            return;
        }
        id.ifPresent(ids::add);
        add(name, picture.shape(), picture.values());
    }

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

    /** Whether nothing was added, readable or not. */
    boolean isEmpty() {
        return count == 0 && unreadable.isEmpty();
    }

    /** @throws ArtifactException when there is no image, or some could not be read */
    ImageSet set(Optional<Labels> labels) throws ArtifactException {
        requireReadable();
        if (shape == null) {
            throw new ArtifactException("no images");
        }
        float[] exact = pixels.length == count * shape.size() ? pixels : Arrays.copyOf(pixels, count * shape.size());
        Optional<List<String>> named = ids.size() == count ? Optional.of(ids) : Optional.empty();
        return new ImageSet(shape, Matrix.of(count, shape.size(), exact), labels, named);
    }

    private void requireReadable() throws ArtifactException {
        if (unreadable.size() == 1) {
            throw unreadable.getFirst();
        }
        if (!unreadable.isEmpty()) {
            throw new ArtifactException("%d images cannot be read: %s%s"
                    .formatted(
                            unreadable.size(),
                            unreadable.stream()
                                    .limit(LISTED)
                                    .map(ArtifactException::getMessage)
                                    .collect(Collectors.joining("; ")),
                            unreadable.size() > LISTED ? "; …" : ""));
        }
    }
}
