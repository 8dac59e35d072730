/** Artifacts: immutable, content-addressed trees of files, and the file formats inside them. */
@NullMarked
package dev.steelyard.artifacts;

import org.jspecify.annotations.NullMarked;
