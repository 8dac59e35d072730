@NullMarked
package dev.steelyard.incremental.features;

import org.jspecify.annotations.NullMarked;
