/** A job that reads a model. */
@NullMarked
package dev.steelyard.probe.tensors;

import org.jspecify.annotations.NullMarked;
