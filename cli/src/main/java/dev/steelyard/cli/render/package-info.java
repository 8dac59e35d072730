/** Text for terminals, made of plain values: nothing here asks the gateway or writes to a stream. */
@NullMarked
package dev.steelyard.cli.render;

import org.jspecify.annotations.NullMarked;
