/** Who changed what. */
@NullMarked
package dev.steelyard.gateway.audit;

import org.jspecify.annotations.NullMarked;
