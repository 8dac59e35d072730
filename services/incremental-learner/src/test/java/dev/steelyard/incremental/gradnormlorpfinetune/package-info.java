@NullMarked
package dev.steelyard.incremental.gradnormlorpfinetune;

import org.jspecify.annotations.NullMarked;
