package dev.steelyard.incremental.language;

import java.util.OptionalInt;

/** How a model cuts text into tokens. */
public interface Tokenization {

    /** Ids of a piece of text, without special tokens around it. */
    int[] ids(String text);

    /** The token that every sequence begins with, if the model has one. */
    OptionalInt begin();

    /** The token that ends an answer, if the model has one. */
    OptionalInt end();
}
