package dev.steelyard.tensor.kernels;

/** The definition of {@link MomentKernels}, one number at a time. */
final class ScalarMoments implements MomentKernels {

    @Override
    public void decode(DynamicCode code, byte[] codes, float scale, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            out[i] = code.value(Byte.toUnsignedInt(codes[i])) * scale;
        }
    }

    @Override
    public float encode(DynamicCode code, float[] values, int n, byte[] codes) {
        float scale = 0;
        for (int i = 0; i < n; i++) {
            scale = Math.max(scale, Math.abs(values[i]));
        }
        encode(code, values, 0, n, scale, codes);
        return scale;
    }

    /** Those from an index on, by a given scale. */
    void encode(DynamicCode code, float[] values, int from, int n, float scale, byte[] codes) {
        for (int i = from; i < n; i++) {
            int nearest = code.nearest(scale == 0 ? 0 : values[i] / scale);
            boolean vanishes = !code.signed() && nearest == 0 && values[i] > 0;
            codes[i] = (byte) (vanishes ? 1 : nearest);
        }
    }

    @Override
    public void advance(Rule rule, float[] g, float[] m, float[] v, int n) {
        advance(rule, g, m, v, 0, n);
    }

    void advance(Rule rule, float[] g, float[] m, float[] v, int from, int n) {
        for (int i = from; i < n; i++) {
            m[i] = rule.beta1() * m[i] + rule.rest1() * g[i];
            v[i] = rule.beta2() * v[i] + rule.rest2() * g[i] * g[i];
            g[i] = m[i] / ((float) Math.sqrt(v[i]) + rule.epsilon());
        }
    }
}
