/** Quantization grids: which integers stand for which weights, how far one scale reaches, and what that costs. */
@NullMarked
package dev.steelyard.quantizer.grid;

import org.jspecify.annotations.NullMarked;
