package dev.steelyard.incremental.images;

import dev.steelyard.artifacts.dataset.ImageSet;

/**
 * Images to train on in one step.
 *
 * @param pixels one image after another
 * @param labels one for each image
 */
public record ImageBatch(float[] pixels, long[] labels) {

    public static ImageBatch of(ImageSet data, int[] images) {
        return new ImageBatch(data.pixels(images), data.labels(images));
    }
}
