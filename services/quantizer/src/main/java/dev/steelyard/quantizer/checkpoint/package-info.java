/** A whole checkpoint from one form into the other: tensor by tensor, mapped input, output written as it is made. */
@NullMarked
package dev.steelyard.quantizer.checkpoint;

import org.jspecify.annotations.NullMarked;
