package dev.steelyard.artifacts.dataset;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Images of one size, pixels from 0 to 1. */
public final class ImageSet implements Examples {
    private final ImageShape shape;
    private final Matrix pixels;
    private final Optional<Labels> labels;
    private final Optional<List<String>> ids;

    /**
     * @param pixels a row for each image, channel by channel, row by row
     * @param labels one for each image, if there are any
     */
    public ImageSet(ImageShape shape, Matrix pixels, Optional<Labels> labels) {
        this(shape, pixels, labels, Optional.empty());
    }

    /** @param ids what each image is called by its data set, if it gives names; not checked to differ */
    public ImageSet(ImageShape shape, Matrix pixels, Optional<Labels> labels, Optional<List<String>> ids) {
        if (pixels.columns() != shape.size()) {
            throw new IllegalArgumentException("%d pixels are not %s".formatted(pixels.columns(), shape));
        }
        if (labels.isPresent() && labels.get().size() != pixels.rows()) {
            throw new IllegalArgumentException(
                    "%d labels for %d images".formatted(labels.get().size(), pixels.rows()));
        }
        if (ids.isPresent() && ids.get().size() != pixels.rows()) {
            throw new IllegalArgumentException(
                    "%d ids for %d images".formatted(ids.get().size(), pixels.rows()));
        }
        this.shape = shape;
        this.pixels = pixels;
        this.labels = labels;
        this.ids = ids.map(List::copyOf);
    }

    public ImageShape shape() {
        return shape;
    }

    /** A row for each image. */
    public Matrix pixels() {
        return pixels;
    }

    /** The {@code id} of each row, or the path of each file; empty where rows have only a place. */
    public Optional<List<String>> ids() {
        return ids;
    }

    @Override
    public Optional<Labels> labels() {
        return labels;
    }

    @Override
    public int size() {
        return pixels.rows();
    }

    @Override
    public ImageSet withoutLabels() {
        return new ImageSet(shape, pixels, Optional.empty(), ids);
    }

    @Override
    public String kind() {
        return "images of " + shape;
    }

    /** Names of the classes; none when the images are not labelled. */
    public List<String> classes() {
        return labels.map(Labels::classes).orElse(List.of());
    }

    /** @throws IllegalStateException when the images are not labelled */
    public int label(int image) {
        return required().id(image);
    }

    /** Pixels of some images, one after another. */
    public float[] pixels(int[] images) {
        return pixels.floats(images);
    }

    /**
     * Labels of some images.
     *
     * @throws IllegalStateException when the images are not labelled
     */
    public long[] labels(int[] images) {
        return Arrays.stream(images).mapToLong(required()::id).toArray();
    }

    /** Some images as a set of their own, with the same classes. */
    public ImageSet subset(int[] images) {
        return new ImageSet(
                shape,
                pixels.subset(images),
                labels.map(all -> all.subset(images)),
                ids.map(all -> Arrays.stream(images).mapToObj(all::get).toList()));
    }

    private Labels required() {
        return labels.orElseThrow(() -> new IllegalStateException("the images have no labels"));
    }
}
