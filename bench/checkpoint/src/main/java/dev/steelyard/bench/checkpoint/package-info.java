/** What the memory of a machine has to hold when a large checkpoint is quantized. */
@NullMarked
package dev.steelyard.bench.checkpoint;

import org.jspecify.annotations.NullMarked;
