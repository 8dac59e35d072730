@NullMarked
package dev.steelyard.quantizer.report;

import org.jspecify.annotations.NullMarked;
