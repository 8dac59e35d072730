@NullMarked
package dev.steelyard.artifacts.dataset;

import org.jspecify.annotations.NullMarked;
