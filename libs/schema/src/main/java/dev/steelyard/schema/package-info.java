/**
 * JSON Schema in words: what a parameter may be, and why a value is refused. The gateway and the workers say it alike.
 */
@NullMarked
package dev.steelyard.schema;

import org.jspecify.annotations.NullMarked;
