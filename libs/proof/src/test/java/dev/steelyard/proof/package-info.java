@NullMarked
package dev.steelyard.proof;

import org.jspecify.annotations.NullMarked;
