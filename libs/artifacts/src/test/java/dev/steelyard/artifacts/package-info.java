@NullMarked
package dev.steelyard.artifacts;

import org.jspecify.annotations.NullMarked;
