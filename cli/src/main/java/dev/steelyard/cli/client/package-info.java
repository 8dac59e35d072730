/** The platform's REST interface as Java: one small class per kind of resource, records for what comes back. */
@NullMarked
package dev.steelyard.cli.client;

import org.jspecify.annotations.NullMarked;
