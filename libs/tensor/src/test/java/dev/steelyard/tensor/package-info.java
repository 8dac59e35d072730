@NullMarked
package dev.steelyard.tensor;

import org.jspecify.annotations.NullMarked;
