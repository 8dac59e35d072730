/** Jobs asked for over Kafka. */
@NullMarked
package dev.steelyard.gateway.submissions;

import org.jspecify.annotations.NullMarked;
