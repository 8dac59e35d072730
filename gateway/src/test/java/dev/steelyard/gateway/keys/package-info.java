@NullMarked
package dev.steelyard.gateway.keys;

import org.jspecify.annotations.NullMarked;
