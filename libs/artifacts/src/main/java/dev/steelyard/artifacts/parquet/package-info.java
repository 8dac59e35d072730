/** Tables written as Apache Parquet. */
@NullMarked
package dev.steelyard.artifacts.parquet;

import org.jspecify.annotations.NullMarked;
