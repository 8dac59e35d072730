/**
 * Turns a jar of methods into a service: a Spring Boot starter that takes jobs from Kafka share groups, runs them and
 * tells the platform what became of them. A service is an application class and one package per method.
 */
@NullMarked
package dev.steelyard.worker;

import org.jspecify.annotations.NullMarked;
