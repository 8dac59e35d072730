@NullMarked
package dev.steelyard.quantizer.finequant;

import org.jspecify.annotations.NullMarked;
