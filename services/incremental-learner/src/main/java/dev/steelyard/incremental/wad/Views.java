package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.ImageShape;
import java.util.random.RandomGenerator;

/**
 * Random views of images: colours changed, a random part rotated and stretched to the whole. Sampled bilinearly; what
 * lies outside the image is its reflection.
 */
final class Views {
    private static final int TRIES = 10;
    private static final double LOG_RATIO = Math.log(4 / 3.0);

    private final ViewParams params;
    private final ImageShape shape;
    private final Colours colours;

    Views(ViewParams params, ImageShape shape) {
        this.params = params;
        this.shape = shape;
        this.colours = new Colours(params, shape);
    }

    /**
     * Draws a view.
     *
     * @param image its pixels, left as they are
     * @param target where the view goes, from {@code at} on
     * @param mirrored whether views may be mirrored
     */
    void draw(float[] image, float[] target, int at, RandomGenerator random, boolean mirrored) {
        boolean flip = mirrored && params.mirror() > 0 && random.nextDouble() < params.mirror();
        float[] coloured = colours.changed(image, random);
        Crop crop = crop(random);
        double angle = params.rotation() == 0 ? 0 : Math.toRadians(params.rotation()) * (2 * random.nextDouble() - 1);
        if (crop.whole() && angle == 0 && !flip) {
            System.arraycopy(coloured, 0, target, at, shape.size());
            return;
        }
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        Placement.of(
                        shape,
                        crop.across * (flip ? -cos : cos),
                        -crop.across * sin,
                        crop.down * (flip ? -sin : sin),
                        crop.down * cos,
                        crop.x,
                        crop.y)
                .sample(coloured, target, at);
    }

    /**
     * The part of an image that a view shows.
     *
     * @param x centre, in pixels from the left edge
     * @param across share of the width
     */
    private record Crop(double x, double y, double across, double down) {
        boolean whole() {
            return across == 1 && down == 1;
        }
    }

    /** A part of random area and of a ratio of sides from 3/4 to 4/3; the whole where none fits in ten tries. */
    private Crop crop(RandomGenerator random) {
        int width = shape.width();
        int height = shape.height();
        for (int i = 0; i < TRIES && params.cropMin() < 1; i++) {
            double area = params.cropMin() + (params.cropMax() - params.cropMin()) * random.nextDouble();
            double ratio = Math.exp(LOG_RATIO * (2 * random.nextDouble() - 1));
            double w = Math.sqrt(area * width * height * ratio);
            double h = Math.sqrt(area * width * height / ratio);
            if (w <= width && h <= height) {
                return new Crop(
                        w / 2 + (width - w) * random.nextDouble(),
                        h / 2 + (height - h) * random.nextDouble(),
                        w / width,
                        h / height);
            }
        }
        return new Crop(width / 2.0, height / 2.0, 1, 1);
    }
}
