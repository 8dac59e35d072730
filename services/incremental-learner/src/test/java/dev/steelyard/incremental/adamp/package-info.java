@NullMarked
package dev.steelyard.incremental.adamp;

import org.jspecify.annotations.NullMarked;
