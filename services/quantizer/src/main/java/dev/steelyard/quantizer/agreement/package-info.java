/** Whether a quantized encoder still says what the original says. */
@NullMarked
package dev.steelyard.quantizer.agreement;

import org.jspecify.annotations.NullMarked;
