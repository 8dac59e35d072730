@NullMarked
package dev.steelyard.incremental.language;

import org.jspecify.annotations.NullMarked;
