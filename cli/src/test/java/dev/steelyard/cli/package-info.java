@NullMarked
package dev.steelyard.cli;

import org.jspecify.annotations.NullMarked;
