package dev.steelyard.artifacts.dataset;

/**
 * Size of an image.
 *
 * @param channels 1 or 3
 */
public record ImageShape(int channels, int height, int width) {
    /** Longest side that is read. */
    public static final int MAX_SIDE = 4096;

    /** Values of one image. */
    public int size() {
        return channels * height * width;
    }

    @Override
    public String toString() {
        return "%d×%d×%d".formatted(channels, height, width);
    }
}
