@NullMarked
package dev.steelyard.tensor.nn;

import org.jspecify.annotations.NullMarked;
