/** Parameters from JSON and their schema. */
@NullMarked
package dev.steelyard.method;

import org.jspecify.annotations.NullMarked;
