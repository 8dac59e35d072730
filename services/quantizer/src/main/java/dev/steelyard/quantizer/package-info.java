/** The quantizer service: smaller and faster checkpoints. One package for each method, besides what they share. */
@NullMarked
package dev.steelyard.quantizer;

import org.jspecify.annotations.NullMarked;
