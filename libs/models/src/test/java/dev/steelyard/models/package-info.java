@NullMarked
package dev.steelyard.models;

import org.jspecify.annotations.NullMarked;
