/** Tests of problem documents. */
@NullMarked
package dev.steelyard.gateway.problems;

import org.jspecify.annotations.NullMarked;
