@NullMarked
package dev.steelyard.incremental.lift;

import org.jspecify.annotations.NullMarked;
