/** Tests of the gateway's side of Kafka. */
@NullMarked
package dev.steelyard.gateway.kafka;

import org.jspecify.annotations.NullMarked;
