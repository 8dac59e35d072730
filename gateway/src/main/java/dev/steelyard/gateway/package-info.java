/** The control plane: REST, jobs and the lineage of every artifact. */
@NullMarked
package dev.steelyard.gateway;

import org.jspecify.annotations.NullMarked;
