/**
 * Proofs: a method runs on the real platform, its results are measured, and each figure is held against the bound that
 * the method's paper or card gives. A proof is a JUnit class named {@code *Proof} in the method's package, run by
 * {@code make proof METHOD=<service>/<method>}.
 */
@NullMarked
package dev.steelyard.proof;

import org.jspecify.annotations.NullMarked;
