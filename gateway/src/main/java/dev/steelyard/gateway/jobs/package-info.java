/** Jobs: from submission to their one end. */
@NullMarked
package dev.steelyard.gateway.jobs;

import org.jspecify.annotations.NullMarked;
