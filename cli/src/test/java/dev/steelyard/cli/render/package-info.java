@NullMarked
package dev.steelyard.cli.render;

import org.jspecify.annotations.NullMarked;
