@NullMarked
package dev.steelyard.quantizer.agreement;

import org.jspecify.annotations.NullMarked;
