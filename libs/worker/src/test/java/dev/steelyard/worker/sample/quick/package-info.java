/** A short method. */
@NullMarked
package dev.steelyard.worker.sample.quick;

import org.jspecify.annotations.NullMarked;
