package dev.steelyard.tensor.nn;

/** What a model is run for: layers such as batch normalization differ. */
public enum Phase {
    TRAINING,
    EVALUATION
}
