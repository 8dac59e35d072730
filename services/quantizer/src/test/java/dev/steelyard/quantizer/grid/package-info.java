@NullMarked
package dev.steelyard.quantizer.grid;

import org.jspecify.annotations.NullMarked;
