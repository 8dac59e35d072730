@NullMarked
package dev.steelyard.quantizer.rtn;

import org.jspecify.annotations.NullMarked;
