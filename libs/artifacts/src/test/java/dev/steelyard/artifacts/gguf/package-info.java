@NullMarked
package dev.steelyard.artifacts.gguf;

import org.jspecify.annotations.NullMarked;
