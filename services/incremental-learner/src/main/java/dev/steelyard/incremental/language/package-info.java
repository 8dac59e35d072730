/** Texts as tokens for language models: what to train on, and how well a model foretells it. */
@NullMarked
package dev.steelyard.incremental.language;

import org.jspecify.annotations.NullMarked;
