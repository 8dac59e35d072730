@NullMarked
package dev.steelyard.gateway.submissions;

import org.jspecify.annotations.NullMarked;
