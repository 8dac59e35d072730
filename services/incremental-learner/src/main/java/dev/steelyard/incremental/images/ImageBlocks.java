package dev.steelyard.incremental.images;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.ImageShape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Images that go through a network at once where nothing is trained. What a network makes of an image on the way is many
 * times the image, so that large ones go in small blocks: 500 up to 64×64 pixels of three channels, 40 of 224×224.
 */
public final class ImageBlocks {
    private static final int MOST = 500;
    private static final int VALUES = MOST * 3 * 64 * 64;

    private ImageBlocks() {}

    /** Images of a block, 1 or more. */
    static int size(ImageShape shape) {
        return Math.clamp(VALUES / shape.size(), 1, MOST);
    }

    /** All images in order. */
    public static List<int[]> of(ImageSet images) {
        return of(images.shape(), IntStream.range(0, images.size()).toArray());
    }

    /** Some images in the order they are given. */
    public static List<int[]> of(ImageShape shape, int[] images) {
        int size = size(shape);
        return IntStream.iterate(0, from -> from < images.length, from -> from + size)
                .mapToObj(from -> Arrays.copyOfRange(images, from, Math.min(from + size, images.length)))
                .toList();
    }
}
