/** Names, versions and aliases of artifacts. */
@NullMarked
package dev.steelyard.gateway.models;

import org.jspecify.annotations.NullMarked;
