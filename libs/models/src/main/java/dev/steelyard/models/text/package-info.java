/** From text to tokens, from tokens to sentence vectors. */
@NullMarked
package dev.steelyard.models.text;

import org.jspecify.annotations.NullMarked;
