@NullMarked
package dev.steelyard.quantizer.checkpoint;

import org.jspecify.annotations.NullMarked;
