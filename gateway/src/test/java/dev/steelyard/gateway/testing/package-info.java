/** What the gateway's tests share. */
@NullMarked
package dev.steelyard.gateway.testing;

import org.jspecify.annotations.NullMarked;
