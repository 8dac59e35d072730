@NullMarked
package dev.steelyard.incremental.wad;

import org.jspecify.annotations.NullMarked;
