/** Labelled images as arrays, from the folders that data sets come in. */
@NullMarked
package dev.steelyard.incremental.images;

import org.jspecify.annotations.NullMarked;
