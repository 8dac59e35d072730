@NullMarked
package dev.steelyard.quantizer;

import org.jspecify.annotations.NullMarked;
