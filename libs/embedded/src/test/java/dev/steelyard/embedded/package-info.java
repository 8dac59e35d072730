@NullMarked
package dev.steelyard.embedded;

import org.jspecify.annotations.NullMarked;
