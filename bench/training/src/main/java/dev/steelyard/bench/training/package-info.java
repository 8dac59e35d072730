/** What a training step costs, to be compared with the same step in another program. */
@NullMarked
package dev.steelyard.bench.training;

import org.jspecify.annotations.NullMarked;
