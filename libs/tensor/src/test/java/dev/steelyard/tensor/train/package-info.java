@NullMarked
package dev.steelyard.tensor.train;

import org.jspecify.annotations.NullMarked;
