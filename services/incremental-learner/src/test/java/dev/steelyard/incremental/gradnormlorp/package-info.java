@NullMarked
package dev.steelyard.incremental.gradnormlorp;

import org.jspecify.annotations.NullMarked;
