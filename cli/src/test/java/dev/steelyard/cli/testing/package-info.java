/** A gateway that tests speak for. */
@NullMarked
package dev.steelyard.cli.testing;

import org.jspecify.annotations.NullMarked;
