/** Models that learn: training jobs and their methods, one package each. */
@NullMarked
package dev.steelyard.incremental;

import org.jspecify.annotations.NullMarked;
