/** Who may do what: API keys and roles. */
@NullMarked
package dev.steelyard.gateway.keys;

import org.jspecify.annotations.NullMarked;
