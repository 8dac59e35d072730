@NullMarked
package dev.steelyard.incremental.gacil;

import org.jspecify.annotations.NullMarked;
