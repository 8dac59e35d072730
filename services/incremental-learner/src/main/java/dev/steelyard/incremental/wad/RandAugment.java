package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.ImageShape;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The strong changes of FixMatch (arXiv:2001.07685): two of the transformations of RandAugment, each of random strength,
 * and a grey square of up to half a side (Cutout).
 */
final class RandAugment {
    private static final int CHANGES = 2;
    private static final int KINDS = 14;

    private final ImageShape shape;
    private final int plane;

    RandAugment(ImageShape shape) {
        this.shape = shape;
        this.plane = shape.height() * shape.width();
    }

    /** A changed copy. */
    float[] changed(float[] image, RandomGenerator random) {
        float[] changed = image.clone();
        for (int i = 0; i < CHANGES; i++) {
            changed = change(changed, random.nextInt(KINDS), random.nextDouble(), random.nextBoolean() ? 1 : -1);
        }
        cutOut(changed, random);
        return changed;
    }

    /** @param strength uniform on [0, 1), which each transformation maps to the range it has in the paper's table 12 */
    private float[] change(float[] x, int kind, double strength, int sign) {
        double factor = 0.05 + 0.9 * strength;
        double third = 0.3 * strength * sign;
        return switch (kind) {
            case 0 -> x; // identity
            case 1 -> stretched(x);
            case 2 -> blended(x, new float[x.length], factor); // brightness
            case 3 -> blended(x, grey(x), factor); // colour
            case 4 -> blended(x, filled(x.length, mean(grey(x))), factor); // contrast
            case 5 -> equalized(x);
            case 6 -> posterized(x, 4 + (int) (5 * strength));
            case 7 -> turned(x, Math.toRadians(30 * strength * sign));
            case 8 -> blended(x, smooth(x), factor); // sharpness
            case 9 -> mapped(x, 1, third, 0, 1, 0, 0);
            case 10 -> mapped(x, 1, 0, third, 1, 0, 0);
            case 11 -> solarized(x, (float) strength);
            case 12 -> mapped(x, 1, 0, 0, 1, third * shape.width(), 0);
            default -> mapped(x, 1, 0, 0, 1, 0, third * shape.height());
        };
    }

    private float[] turned(float[] x, double angle) {
        return mapped(x, Math.cos(angle), -Math.sin(angle), Math.sin(angle), Math.cos(angle), 0, 0);
    }

    private float[] mapped(float[] x, double xx, double xy, double yx, double yy, double right, double down) {
        float[] to = new float[x.length];
        Placement.of(shape, xx, xy, yx, yy, shape.width() / 2.0 + right, shape.height() / 2.0 + down)
                .sample(x, to, 0);
        return to;
    }

    private static float[] blended(float[] x, float[] with, double share) {
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (share * x[i] + (1 - share) * with[i]);
        }
        return x;
    }

    private static float[] filled(int size, float value) {
        float[] all = new float[size];
        Arrays.fill(all, value);
        return all;
    }

    private static float mean(float[] x) {
        double sum = 0;
        for (float value : x) {
            sum += value;
        }
        return (float) (sum / x.length);
    }

    private float[] grey(float[] x) {
        if (shape.channels() == 1) {
            return x.clone();
        }
        float[] grey = new float[x.length];
        for (int i = 0; i < plane; i++) {
            float value = 0.299f * x[i] + 0.587f * x[plane + i] + 0.114f * x[2 * plane + i];
            grey[i] = value;
            grey[plane + i] = value;
            grey[2 * plane + i] = value;
        }
        return grey;
    }

    /** Each channel from its smallest value to its largest, stretched to [0, 1]. */
    private float[] stretched(float[] x) {
        for (int from = 0; from < x.length; from += plane) {
            float low = 1;
            float high = 0;
            for (int i = from; i < from + plane; i++) {
                low = Math.min(low, x[i]);
                high = Math.max(high, x[i]);
            }
            for (int i = from; i < from + plane && high > low; i++) {
                x[i] = (x[i] - low) / (high - low);
            }
        }
        return x;
    }

    /** Each channel's values spread evenly, by its histogram of 256 steps. */
    private float[] equalized(float[] x) {
        for (int from = 0; from < x.length; from += plane) {
            int[] counts = new int[256];
            for (int i = from; i < from + plane; i++) {
                counts[level(x[i])]++;
            }
            int last = 255;
            while (counts[last] == 0) {
                last--;
            }
            int step = (plane - counts[last]) / 255;
            int below = 0;
            float[] mapped = new float[256];
            for (int level = 0; level < 256; level++) {
                mapped[level] = step == 0 ? level / 255f : Math.min(255, (below + step / 2) / step) / 255f;
                below += counts[level];
            }
            for (int i = from; i < from + plane; i++) {
                x[i] = mapped[level(x[i])];
            }
        }
        return x;
    }

    private static int level(float value) {
        return Math.clamp(Math.round(255 * value), 0, 255);
    }

    private static float[] posterized(float[] x, int bits) {
        int mask = 0xFF << Math.max(0, 8 - bits);
        for (int i = 0; i < x.length; i++) {
            x[i] = (level(x[i]) & mask) / 255f;
        }
        return x;
    }

    private static float[] solarized(float[] x, float threshold) {
        for (int i = 0; i < x.length; i++) {
            x[i] = x[i] >= threshold ? 1 - x[i] : x[i];
        }
        return x;
    }

    /** By 3×3 pixels, the middle one counted five times; edges as they are. */
    private float[] smooth(float[] x) {
        float[] smooth = x.clone();
        int width = shape.width();
        for (int from = 0; from < x.length; from += plane) {
            for (int row = 1; row < shape.height() - 1; row++) {
                for (int column = 1; column < width - 1; column++) {
                    int i = from + row * width + column;
                    float sum = 4 * x[i];
                    for (int near = -1; near <= 1; near++) {
                        sum += x[i + near - width] + x[i + near] + x[i + near + width];
                    }
                    smooth[i] = sum / 13;
                }
            }
        }
        return smooth;
    }

    private void cutOut(float[] x, RandomGenerator random) {
        int side = (int) Math.round(random.nextDouble() * 0.5 * Math.min(shape.height(), shape.width()));
        int left = random.nextInt(shape.width()) - side / 2;
        int up = random.nextInt(shape.height()) - side / 2;
        for (int from = 0; from < x.length; from += plane) {
            for (int row = Math.max(0, up); row < Math.min(shape.height(), up + side); row++) {
                int start = from + row * shape.width();
                Arrays.fill(x, start + Math.max(0, left), start + Math.min(shape.width(), left + side), 0.5f);
            }
        }
    }
}
