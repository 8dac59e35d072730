@NullMarked
package dev.steelyard.incremental.images;

import org.jspecify.annotations.NullMarked;
