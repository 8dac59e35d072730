/** Training of whole matrices with an optimizer state as small as an adapter's. */
@NullMarked
package dev.steelyard.incremental.gradnormlorp;

import org.jspecify.annotations.NullMarked;
