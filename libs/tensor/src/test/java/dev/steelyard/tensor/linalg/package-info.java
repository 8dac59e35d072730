/** Tests of linear algebra on symmetric matrices. */
@NullMarked
package dev.steelyard.tensor.linalg;

import org.jspecify.annotations.NullMarked;
