/** How fast the kernels are, beside the memory they read and beside libtorch. */
@NullMarked
package dev.steelyard.bench.kernels;

import org.jspecify.annotations.NullMarked;
