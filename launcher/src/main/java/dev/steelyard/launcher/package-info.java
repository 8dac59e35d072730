/**
 * Everything on one machine: starts the broker, the database, the gateway and the services as a cluster would run them,
 * watches over them and stops them.
 */
@NullMarked
package dev.steelyard.launcher;

import org.jspecify.annotations.NullMarked;
