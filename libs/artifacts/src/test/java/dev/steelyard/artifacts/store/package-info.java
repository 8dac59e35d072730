@NullMarked
package dev.steelyard.artifacts.store;

import org.jspecify.annotations.NullMarked;
