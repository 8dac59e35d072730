package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.ImageShape;
import java.util.random.RandomGenerator;

/** What the student sees of images: mirrored, moved by some pixels into their reflection, under noise. */
final class StudentViews {
    private final StudentParams params;
    private final ImageShape shape;
    private final boolean noisy;
    private final RandAugment strong;

    StudentViews(StudentParams params, ImageShape shape, boolean noisy) {
        this.params = params;
        this.shape = shape;
        this.noisy = noisy;
        this.strong = new RandAugment(shape);
    }

    float[] weak(ImageSet images, int[] chosen, RandomGenerator random) {
        float[] pixels = new float[chosen.length * shape.size()];
        for (int i = 0; i < chosen.length; i++) {
            weak(images.pixels(new int[] {chosen[i]}), pixels, i * shape.size(), random);
        }
        if (noisy && params.noise() > 0) {
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] += (float) (params.noise() * random.nextGaussian());
            }
        }
        return pixels;
    }

    /** The same before strong changes. */
    float[] strong(ImageSet images, int[] chosen, RandomGenerator random) {
        float[] pixels = new float[chosen.length * shape.size()];
        float[] moved = new float[shape.size()];
        for (int i = 0; i < chosen.length; i++) {
            weak(images.pixels(new int[] {chosen[i]}), moved, 0, random);
            System.arraycopy(strong.changed(moved, random), 0, pixels, i * shape.size(), shape.size());
        }
        return pixels;
    }

    private void weak(float[] image, float[] target, int at, RandomGenerator random) {
        boolean mirrored = params.mirror() && random.nextBoolean();
        int right = random.nextInt(2 * params.shift() + 1) - params.shift();
        int down = random.nextInt(2 * params.shift() + 1) - params.shift();
        int width = shape.width();
        int height = shape.height();
        for (int from = 0; from < image.length; from += width * height) {
            for (int y = 0; y < height; y++) {
                int row = from + reflected(y - down, height) * width;
                for (int x = 0; x < width; x++) {
                    int column = reflected(x - right, width);
                    target[at + from + y * width + x] = image[row + (mirrored ? width - 1 - column : column)];
                }
            }
        }
    }

    /** Reflected at the outermost pixels, which are not repeated. */
    private static int reflected(int place, int size) {
        int inside = Math.abs(place) % Math.max(1, 2 * size - 2);
        return inside < size ? inside : 2 * size - 2 - inside;
    }
}
