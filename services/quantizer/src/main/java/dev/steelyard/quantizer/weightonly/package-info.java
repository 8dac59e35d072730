/** What weight-only methods without data have in common: a model in, a quantized model and a report out. */
@NullMarked
package dev.steelyard.quantizer.weightonly;

import org.jspecify.annotations.NullMarked;
