/** Fine-tuning of the entries of a model's weights that stand out after rank reduction (LIFT). */
@NullMarked
package dev.steelyard.incremental.lift;

import org.jspecify.annotations.NullMarked;
