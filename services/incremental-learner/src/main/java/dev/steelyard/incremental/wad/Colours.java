package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.ImageShape;
import java.util.random.RandomGenerator;

/** Random changes of an image's brightness, contrast, saturation and hue, and the loss of its colours. */
final class Colours {
    private final ViewParams params;
    private final int plane;
    private final boolean rgb;

    Colours(ViewParams params, ImageShape shape) {
        this.params = params;
        this.plane = shape.height() * shape.width();
        this.rgb = shape.channels() == 3;
    }

    /** A changed copy, or the image itself where nothing is to be changed. */
    float[] changed(float[] image, RandomGenerator random) {
        float[] changed = image;
        boolean jittered = params.jitter() > 0 && random.nextDouble() < params.jitter();
        if (jittered) {
            changed = image.clone();
            if (random.nextBoolean()) {
                contrast(changed, random);
                shade(changed, random);
            } else {
                shade(changed, random);
                contrast(changed, random);
            }
        }
        if (rgb && params.grey() > 0 && random.nextDouble() < params.grey()) {
            changed = jittered ? changed : image.clone();
            drain(changed);
        }
        return changed;
    }

    private static double factor(double range, RandomGenerator random) {
        return 1 - range + 2 * range * random.nextDouble();
    }

    /** Around the mean of each channel. */
    private void contrast(float[] image, RandomGenerator random) {
        float factor = (float) factor(params.contrast(), random);
        for (int from = 0; from < image.length; from += plane) {
            double sum = 0;
            for (int i = from; i < from + plane; i++) {
                sum += image[i];
            }
            float mean = (float) (sum / plane);
            for (int i = from; i < from + plane; i++) {
                image[i] = Math.clamp((image[i] - mean) * factor + mean, 0, 1);
            }
        }
    }

    /** Hue, saturation and value; of grey images the value alone. */
    private void shade(float[] image, RandomGenerator random) {
        float turn = (float) (params.hue() * (2 * random.nextDouble() - 1));
        float saturation = (float) factor(params.saturation(), random);
        float value = (float) factor(params.brightness(), random);
        if (!rgb) {
            for (int i = 0; i < image.length; i++) {
                image[i] = Math.clamp(image[i] * value, 0, 1);
            }
            return;
        }
        for (int i = 0; i < plane; i++) {
            shade(image, i, turn, saturation, value);
        }
    }

    private void shade(float[] image, int i, float turn, float saturation, float value) {
        float r = image[i];
        float g = image[plane + i];
        float b = image[2 * plane + i];
        float v = Math.max(r, Math.max(g, b));
        float range = v - Math.min(r, Math.min(g, b));
        float hue = range == 0 ? 0 : v == r ? (g - b) / range : v == g ? 2 + (b - r) / range : 4 + (r - g) / range;
        float s = Math.clamp(v == 0 ? 0 : range / v * saturation, 0, 1);
        float turned = hue / 6 + turn;
        float sixths = 6 * (turned - (float) Math.floor(turned));
        float full = Math.clamp(v * value, 0, 1);
        image[i] = channel(5, sixths, s, full);
        image[plane + i] = channel(3, sixths, s, full);
        image[2 * plane + i] = channel(1, sixths, s, full);
    }

    /** One channel of a colour: v − v·s·max(0, min(k, 4 − k, 1)) with k = (n + hue) mod 6. */
    private static float channel(int n, float sixths, float s, float v) {
        float k = (n + sixths) % 6;
        return v - v * s * Math.clamp(Math.min(k, 4 - k), 0, 1);
    }

    private void drain(float[] image) {
        for (int i = 0; i < plane; i++) {
            float grey = 0.299f * image[i] + 0.587f * image[plane + i] + 0.114f * image[2 * plane + i];
            image[i] = grey;
            image[plane + i] = grey;
            image[2 * plane + i] = grey;
        }
    }
}
