/** A method that does what a test wants. */
@NullMarked
package dev.steelyard.worker.sample.hooked;

import org.jspecify.annotations.NullMarked;
