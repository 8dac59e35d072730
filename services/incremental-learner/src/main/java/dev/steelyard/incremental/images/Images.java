package dev.steelyard.incremental.images;

import dev.steelyard.method.MethodException;
import java.util.List;

/** Puts single images together. */
final class Images {
    private Images() {}

    static ImageSet join(ImageShape shape, List<String> classes, List<float[]> images, List<Integer> labels)
            throws MethodException {
        if (images.isEmpty() || (long) images.size() * shape.size() > ImageFolder.MAX_VALUES) {
            throw MethodException.input("expected 1 to %d images of %s, found %d"
                    .formatted(ImageFolder.MAX_VALUES / shape.size(), shape, images.size()));
        }
        float[] pixels = new float[images.size() * shape.size()];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(images.get(i), 0, pixels, i * shape.size(), shape.size());
        }
        return new ImageSet(
                shape,
                classes,
                pixels,
                labels.stream().mapToInt(Integer::intValue).toArray());
    }
}
