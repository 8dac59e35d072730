package dev.steelyard.tensor.train;

/** Where an optimizer wants to move the weights of one tensor, run by run. Offsets are in bytes, runs of floats. */
interface Direction {
    /** Takes the gradient into the moments. */
    void advance(long offset, int n);

    /** Puts the direction u, as the moments now are, into an array from its beginning. */
    void read(long offset, int n, float[] u);

    /** The direction was projected to {@code u}. */
    default void projected(long offset, int n, float[] u) {}
}
