@NullMarked
package dev.steelyard.cli.client;

import org.jspecify.annotations.NullMarked;
