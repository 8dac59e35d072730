/** Workers on a real broker. */
@NullMarked
package dev.steelyard.worker;

import org.jspecify.annotations.NullMarked;
