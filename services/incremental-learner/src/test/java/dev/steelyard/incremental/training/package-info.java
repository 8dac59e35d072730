@NullMarked
package dev.steelyard.incremental.training;

import org.jspecify.annotations.NullMarked;
