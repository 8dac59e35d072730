/** Round to nearest: the baseline every other weight-only method is measured against. */
@NullMarked
package dev.steelyard.quantizer.rtn;

import org.jspecify.annotations.NullMarked;
