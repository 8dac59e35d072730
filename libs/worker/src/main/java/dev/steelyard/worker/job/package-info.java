/** One run of a method: its files, its random numbers, and what its end means to the user. */
@NullMarked
package dev.steelyard.worker.job;

import org.jspecify.annotations.NullMarked;
