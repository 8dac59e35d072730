/** A method for workers in processes of their own. */
@NullMarked
package dev.steelyard.worker.sample.napper;

import org.jspecify.annotations.NullMarked;
