/** Training with one or two images a batch: weight standardization and batch-channel normalization. */
@NullMarked
package dev.steelyard.incremental.bcnws;

import org.jspecify.annotations.NullMarked;
