/** Where each artifact came from and what became of it. */
@NullMarked
package dev.steelyard.gateway.lineage;

import org.jspecify.annotations.NullMarked;
