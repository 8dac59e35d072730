/** Training of small decoder language models from texts alone. */
@NullMarked
package dev.steelyard.incremental.pretrainlm;

import org.jspecify.annotations.NullMarked;
