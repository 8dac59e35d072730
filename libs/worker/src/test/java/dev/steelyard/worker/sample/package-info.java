/** A service for tests. */
@NullMarked
package dev.steelyard.worker.sample;

import org.jspecify.annotations.NullMarked;
