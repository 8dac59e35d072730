/**
 * A real Kafka broker and a real PostgreSQL on this machine, without containers: what {@code make run} starts, and what
 * tests run against. Both listen on loopback only, keep their data over restarts and sync it to disk.
 */
@NullMarked
package dev.steelyard.embedded;

import org.jspecify.annotations.NullMarked;
