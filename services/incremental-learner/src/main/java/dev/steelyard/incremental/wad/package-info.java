/** Learning known classes from few labels and a pool that also holds other things, each weighed (WAD). */
@NullMarked
package dev.steelyard.incremental.wad;

import org.jspecify.annotations.NullMarked;
