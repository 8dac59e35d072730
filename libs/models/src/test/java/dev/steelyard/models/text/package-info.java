@NullMarked
package dev.steelyard.models.text;

import org.jspecify.annotations.NullMarked;
