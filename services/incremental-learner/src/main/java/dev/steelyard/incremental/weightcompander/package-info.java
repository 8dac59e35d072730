/** Weights as bounded functions of what is trained: Weight Compander. */
@NullMarked
package dev.steelyard.incremental.weightcompander;

import org.jspecify.annotations.NullMarked;
