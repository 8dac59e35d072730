package dev.steelyard.tensor.train;

/** How weight decay λ enters an update. */
public enum Decay {
    /** L2: the gradient becomes g + λw, and so passes through the moments. */
    COUPLED,
    /** The weight is multiplied by 1 − ηλ before the step. */
    DECOUPLED
}
