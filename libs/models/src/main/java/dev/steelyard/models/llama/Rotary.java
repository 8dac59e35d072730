package dev.steelyard.models.llama;

import dev.steelyard.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Rotary position embedding (Su et al., arXiv:2104.09864, eq. 34): pairs (xᵢ, xᵢ₊d/2) of a head are turned by the angle
 * p·θ^(−2i/d) at position p. Written as x∘cos + roll(x, d/2)∘sin, the sign of the first half in the sine.
 *
 * @param cos [t, d]
 * @param sin [t, d], negative in the first half
 */
record Rotary(Tensor cos, Tensor sin) {

    /** For positions 0 to {@code length} − 1; owned by the innermost open scope. */
    static Rotary of(LlamaConfig config, int length) {
        int width = config.headSize();
        int half = width / 2;
        float[] cos = new float[length * width];
        float[] sin = new float[length * width];
        for (int i = 0; i < half; i++) {
            double frequency = Math.pow(config.ropeTheta(), -2.0 * i / width);
            for (int p = 0; p < length; p++) {
                int at = p * width + i;
                cos[at] = (float) Math.cos(p * frequency);
                cos[at + half] = cos[at];
                sin[at + half] = (float) Math.sin(p * frequency);
                sin[at] = -sin[at + half];
            }
        }
        return new Rotary(Tensors.of(cos, length, width), Tensors.of(sin, length, width));
    }

    /** x: [n, heads, t, d] → the same. */
    Tensor turn(Tensor x) {
        long width = cos.size(1);
        return x.mul(cos).addcmul_(x.roll(new long[] {width / 2}, -1), sin);
    }
}
