@NullMarked
package dev.steelyard.models.bert;

import org.jspecify.annotations.NullMarked;
