package dev.steelyard.artifacts.dataset;

import java.util.Optional;

/** The rows of one part of a data set, all of one kind, in memory. */
public sealed interface Examples permits ImageSet, FeatureSet, TextSet {

    /** Number of rows, at least 1. */
    int size();

    /** What the rows are labelled with; empty when they are not. */
    Optional<Labels> labels();

    /** The same rows, not labelled. */
    Examples withoutLabels();

    /** "images of 1×28×28", "vectors of 384 numbers" or "texts". */
    String kind();
}
