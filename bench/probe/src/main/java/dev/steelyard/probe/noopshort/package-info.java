/** A job that does nothing, taken in batches. */
@NullMarked
package dev.steelyard.probe.noopshort;

import org.jspecify.annotations.NullMarked;
