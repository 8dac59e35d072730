/** The structure of the code, checked. */
@NullMarked
package dev.steelyard.architecture;

import org.jspecify.annotations.NullMarked;
