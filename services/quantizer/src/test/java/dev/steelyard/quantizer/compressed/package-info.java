@NullMarked
package dev.steelyard.quantizer.compressed;

import org.jspecify.annotations.NullMarked;
