@NullMarked
package dev.steelyard.method.local;

import org.jspecify.annotations.NullMarked;
