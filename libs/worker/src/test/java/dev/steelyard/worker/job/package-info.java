/** Runs of methods, without a broker. */
@NullMarked
package dev.steelyard.worker.job;

import org.jspecify.annotations.NullMarked;
