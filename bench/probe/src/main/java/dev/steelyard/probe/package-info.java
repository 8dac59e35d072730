/** A service to measure and to test the platform with: its methods do little, or misbehave in a known way. */
@NullMarked
package dev.steelyard.probe;

import org.jspecify.annotations.NullMarked;
