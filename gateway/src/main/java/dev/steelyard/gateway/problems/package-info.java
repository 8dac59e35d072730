/** Errors as RFC 9457 problem documents. */
@NullMarked
package dev.steelyard.gateway.problems;

import org.jspecify.annotations.NullMarked;
