package dev.steelyard.tensor.train;

/** Which scale a weight was found to be invariant to in a step. */
public enum ProjectionView {
    /** Each output channel, dimension 0, by itself. */
    CHANNEL,
    /** Only the tensor as a whole. */
    LAYER,
    /** None: the update was not projected. */
    NONE
}
