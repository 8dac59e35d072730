/** A job that fills the disk. */
@NullMarked
package dev.steelyard.probe.write;

import org.jspecify.annotations.NullMarked;
