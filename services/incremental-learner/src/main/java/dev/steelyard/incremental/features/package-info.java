/** Rows of data sets as vectors: their own, their pixels, or what a frozen encoder makes of them. */
@NullMarked
package dev.steelyard.incremental.features;

import org.jspecify.annotations.NullMarked;
