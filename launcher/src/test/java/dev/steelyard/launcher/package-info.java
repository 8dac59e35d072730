@NullMarked
package dev.steelyard.launcher;

import org.jspecify.annotations.NullMarked;
