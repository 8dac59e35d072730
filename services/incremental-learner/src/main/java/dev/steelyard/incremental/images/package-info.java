/** Image classifiers: the networks that methods train, and images to train and test them with. */
@NullMarked
package dev.steelyard.incremental.images;

import org.jspecify.annotations.NullMarked;
