/** The probe's methods, without a broker. */
@NullMarked
package dev.steelyard.probe;

import org.jspecify.annotations.NullMarked;
