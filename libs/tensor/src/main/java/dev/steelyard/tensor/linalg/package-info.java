/** Linear algebra on one half of symmetric matrices, with OpenBLAS and LAPACK in double precision. */
@NullMarked
package dev.steelyard.tensor.linalg;

import org.jspecify.annotations.NullMarked;
