@NullMarked
package dev.steelyard.incremental.bcnws;

import org.jspecify.annotations.NullMarked;
