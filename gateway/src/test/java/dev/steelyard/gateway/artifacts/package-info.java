@NullMarked
package dev.steelyard.gateway.artifacts;

import org.jspecify.annotations.NullMarked;
