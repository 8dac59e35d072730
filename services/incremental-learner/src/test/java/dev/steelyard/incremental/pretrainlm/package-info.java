@NullMarked
package dev.steelyard.incremental.pretrainlm;

import org.jspecify.annotations.NullMarked;
