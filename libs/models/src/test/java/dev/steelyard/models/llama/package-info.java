@NullMarked
package dev.steelyard.models.llama;

import org.jspecify.annotations.NullMarked;
