@NullMarked
package dev.steelyard.gateway.jobs;

import org.jspecify.annotations.NullMarked;
