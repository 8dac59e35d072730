@NullMarked
package dev.steelyard.incremental;

import org.jspecify.annotations.NullMarked;
