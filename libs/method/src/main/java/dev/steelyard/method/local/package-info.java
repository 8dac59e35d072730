/** Methods without a platform: in a test, in a benchmark, in a researcher's own program. */
@NullMarked
package dev.steelyard.method.local;

import org.jspecify.annotations.NullMarked;
