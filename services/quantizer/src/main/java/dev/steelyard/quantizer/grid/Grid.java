package dev.steelyard.quantizer.grid;

import dev.steelyard.tensor.kernels.FloatFormat;

/**
 * Evenly spaced values that weights of one group are rounded to.
 *
 * <p>Symmetric: s = max|w| / (2^b − 1) · 2, z = 0. Asymmetric: s = (max − min) / (2^b − 1) with 0 always inside the
 * range, z = round(−2^(b−1) − min / s). Scales are rounded to the format they are stored in before anything else is done
 * with them, so that reading back gives the very numbers that quantization saw. The formulas are those of
 * compressed-tensors ({@code calculate_qparams}), except that a group of zeros, or one so small that its scale vanishes,
 * gets the scale 1.
 *
 * @param bits b, 4 or 8
 * @param symmetric whether 0 lies in the middle
 */
public record Grid(int bits, boolean symmetric) {

    public Grid {
        if (bits != 4 && bits != 8) {
            throw new IllegalArgumentException("bits: expected 4 or 8, found " + bits);
        }
    }

    /** −2^(b−1), the least integer. */
    public int least() {
        return -(1 << (bits - 1));
    }

    private float steps() {
        return (1 << bits) - 1;
    }

    /**
     * Scale of a symmetric group, as stored.
     *
     * @param absMax largest magnitude in the group, finite
     */
    public float scale(float absMax, FloatFormat stored) {
        return usable(stored.round(absMax / (steps() / 2)));
    }

    /**
     * Scale of an asymmetric group, as stored.
     *
     * @param min smallest weight of the group and 0, finite
     * @param max largest weight of the group and 0, finite
     */
    public float scale(float min, float max, FloatFormat stored) {
        return usable(stored.round((max - min) / steps()));
    }

    /** Zero point of an asymmetric group: the integer that stands for 0. */
    public int zero(float min, float scale) {
        double z = Math.rint(least() - min / scale);
        return (int) Math.clamp(z, least(), -least() - 1);
    }

    private static float usable(float scale) {
        return scale > 0 && Float.isFinite(scale) ? scale : 1;
    }
}
