/** Data sets inside artifacts: labelled images, feature vectors and texts, in the layouts they come in. */
@NullMarked
package dev.steelyard.artifacts.dataset;

import org.jspecify.annotations.NullMarked;
