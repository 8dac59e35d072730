/** A job that does nothing, one to a slot. */
@NullMarked
package dev.steelyard.probe.noop;

import org.jspecify.annotations.NullMarked;
