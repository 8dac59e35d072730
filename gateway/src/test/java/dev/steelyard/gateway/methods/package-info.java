@NullMarked
package dev.steelyard.gateway.methods;

import org.jspecify.annotations.NullMarked;
