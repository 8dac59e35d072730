@NullMarked
package dev.steelyard.incremental.weightcompander;

import org.jspecify.annotations.NullMarked;
