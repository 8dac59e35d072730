/** A job of many steps that can be resumed, and can be told to misbehave. */
@NullMarked
package dev.steelyard.probe.steps;

import org.jspecify.annotations.NullMarked;
