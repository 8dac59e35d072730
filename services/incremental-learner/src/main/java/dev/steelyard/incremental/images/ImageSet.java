package dev.steelyard.incremental.images;

import java.util.Arrays;
import java.util.List;

/** Labelled images of one size, pixels from 0 to 1. */
public final class ImageSet {
    private final ImageShape shape;
    private final List<String> classes;
    private final float[] pixels;
    private final int[] labels;

    /**
     * @param classes names by label
     * @param pixels image after image, each channel by channel, row by row
     * @param labels one for each image, an index of {@code classes}
     */
    public ImageSet(ImageShape shape, List<String> classes, float[] pixels, int[] labels) {
        if (pixels.length != (long) shape.size() * labels.length) {
            throw new IllegalArgumentException(
                    "%d pixels are not %d images of %s".formatted(pixels.length, labels.length, shape));
        }
        this.shape = shape;
        this.classes = List.copyOf(classes);
        this.pixels = pixels.clone();
        this.labels = labels.clone();
    }

    public ImageShape shape() {
        return shape;
    }

    public List<String> classes() {
        return classes;
    }

    /** Number of images. */
    public int size() {
        return labels.length;
    }

    public int label(int image) {
        return labels[image];
    }

    /** Pixels of some images, one after another. */
    public float[] pixels(int[] images) {
        int size = shape.size();
        float[] chosen = new float[images.length * size];
        for (int i = 0; i < images.length; i++) {
            System.arraycopy(pixels, images[i] * size, chosen, i * size, size);
        }
        return chosen;
    }

    /** Labels of some images. */
    public long[] labels(int[] images) {
        return Arrays.stream(images).mapToLong(image -> labels[image]).toArray();
    }

    /** Some images as a set of their own, with the same classes. */
    public ImageSet subset(int[] images) {
        return new ImageSet(
                shape,
                classes,
                pixels(images),
                Arrays.stream(images).map(image -> labels[image]).toArray());
    }
}
