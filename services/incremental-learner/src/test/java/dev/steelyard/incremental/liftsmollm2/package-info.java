@NullMarked
package dev.steelyard.incremental.liftsmollm2;

import org.jspecify.annotations.NullMarked;
