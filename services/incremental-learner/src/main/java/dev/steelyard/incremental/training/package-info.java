/** The training loop as a job: progress, curves, cancellation between steps and continuation after a crash. */
@NullMarked
package dev.steelyard.incremental.training;

import org.jspecify.annotations.NullMarked;
