package dev.steelyard.incremental.images;

import dev.steelyard.artifacts.dataset.ImageShape;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Moves images by up to some pixels in both directions, filling up with zeros, and mirrors half of them. The same images
 * in the same order under the same seed are changed the same way; a new pass has another order.
 *
 * @param shift pixels at most, 0 or more
 * @param mirror whether half of the images are swapped left to right
 */
public record Augmentation(int shift, boolean mirror) {

    /** The batch itself where there is nothing to change. */
    public ImageBatch of(ImageBatch batch, ImageShape shape, int[] images, long seed) {
        if (shift == 0 && !mirror) {
            return batch;
        }
        RandomGenerator random =
                RandomGeneratorFactory.of("L64X128MixRandom").create(31 * seed + Arrays.hashCode(images));
        float[] changed = new float[batch.pixels().length];
        for (int image = 0; image < images.length; image++) {
            int down = random.nextInt(2 * shift + 1) - shift;
            int right = random.nextInt(2 * shift + 1) - shift;
            boolean mirrored = random.nextBoolean() && mirror;
            for (int channel = 0; channel < shape.channels(); channel++) {
                int at = image * shape.size() + channel * shape.height() * shape.width();
                move(batch.pixels(), changed, at, shape, down, right, mirrored);
            }
        }
        return new ImageBatch(changed, batch.labels());
    }

    private static void move(
            float[] from, float[] to, int at, ImageShape shape, int down, int right, boolean mirrored) {
        int width = shape.width();
        for (int y = Math.max(0, down); y < Math.min(shape.height(), shape.height() + down); y++) {
            for (int x = Math.max(0, right); x < Math.min(width, width + right); x++) {
                int source = mirrored ? width - 1 - (x - right) : x - right;
                to[at + y * width + x] = from[at + (y - down) * width + source];
            }
        }
    }
}
