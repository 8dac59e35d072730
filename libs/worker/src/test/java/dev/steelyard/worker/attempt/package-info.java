/** The life of an attempt, without a broker. */
@NullMarked
package dev.steelyard.worker.attempt;

import org.jspecify.annotations.NullMarked;
