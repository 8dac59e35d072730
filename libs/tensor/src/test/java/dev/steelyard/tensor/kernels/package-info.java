@NullMarked
package dev.steelyard.tensor.kernels;

import org.jspecify.annotations.NullMarked;
