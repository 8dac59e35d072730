/** FineQuant: the group size of each matrix is chosen from its own weights. */
@NullMarked
package dev.steelyard.quantizer.finequant;

import org.jspecify.annotations.NullMarked;
