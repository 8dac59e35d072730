package dev.steelyard.tensor.nn;

/** Which normalization follows a layer. */
@FunctionalInterface
public interface Normalization {
    /** By the statistics of the batch. */
    Normalization BATCH = BatchNorm::create;

    /** None at all. */
    Normalization NONE = (_, _, _) -> (x, _) -> x;

    /**
     * A layer that keeps the shape of [batch, channels, …].
     *
     * @param prefix of its parameters' names
     */
    Layer create(ParameterStore store, String prefix, long channels);
}
