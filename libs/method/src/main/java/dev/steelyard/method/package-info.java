/**
 * What a method is: one class and one parameters record in one package. Nothing here knows Spring, Kafka or
 * PostgreSQL, so that a method can be run and tested by itself.
 */
@NullMarked
package dev.steelyard.method;

import org.jspecify.annotations.NullMarked;
