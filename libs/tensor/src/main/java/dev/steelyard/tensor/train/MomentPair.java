package dev.steelyard.tensor.train;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** First and second running moments of one tensor's gradients. */
interface MomentPair {

    /**
     * Takes a gradient in: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g².
     *
     * @return m / (√v + ε), of the gradient's shape and the innermost open scope
     */
    Tensor direction(Tensor g, AdamMoments rule);

    /** The first moments, Float, a tensor of the innermost open scope or a live one. */
    Tensor first();

    /** Puts other first moments in their place. */
    void first(Tensor moments);

    /** Forgets all. */
    void clear();

    void save(String prefix, Map<String, Tensor> into);

    /** @return how many entries of the state were taken */
    int restore(String prefix, Map<String, Tensor> state);

    long bytes();
}
