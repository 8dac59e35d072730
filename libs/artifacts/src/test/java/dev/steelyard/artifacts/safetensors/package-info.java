@NullMarked
package dev.steelyard.artifacts.safetensors;

import org.jspecify.annotations.NullMarked;
