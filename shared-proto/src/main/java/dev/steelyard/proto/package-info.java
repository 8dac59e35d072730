/** Contracts between the gateway, the workers and the outside: messages, topic names, header names. */
@NullMarked
package dev.steelyard.proto;

import org.jspecify.annotations.NullMarked;
