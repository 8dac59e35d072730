/** Lists in pages. */
@NullMarked
package dev.steelyard.gateway.paging;

import org.jspecify.annotations.NullMarked;
