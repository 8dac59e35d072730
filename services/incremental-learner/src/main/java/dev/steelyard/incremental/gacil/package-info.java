/** Analytic class-incremental learning without stored samples: G-ACIL, also published as GACL (arXiv:2403.15706). */
@NullMarked
package dev.steelyard.incremental.gacil;

import org.jspecify.annotations.NullMarked;
