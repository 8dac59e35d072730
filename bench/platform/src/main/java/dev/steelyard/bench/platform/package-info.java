/** How many durable jobs a second the platform carries, and how long each takes. */
@NullMarked
package dev.steelyard.bench.platform;

import org.jspecify.annotations.NullMarked;
