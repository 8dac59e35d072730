@NullMarked
package dev.steelyard.gateway.lineage;

import org.jspecify.annotations.NullMarked;
