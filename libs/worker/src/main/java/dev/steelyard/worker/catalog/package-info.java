/** The methods of this service: found on the class path, described to the platform. */
@NullMarked
package dev.steelyard.worker.catalog;

import org.jspecify.annotations.NullMarked;
