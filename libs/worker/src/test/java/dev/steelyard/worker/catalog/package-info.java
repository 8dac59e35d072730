/** What methods are found and how they are described. */
@NullMarked
package dev.steelyard.worker.catalog;

import org.jspecify.annotations.NullMarked;
