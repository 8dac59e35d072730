/**
 * Loops that libtorch has no good form of, written with the Vector API: turning weights into small integers and packing
 * them, and matrix–vector products that read such weights as they are stored. Each comes twice, {@code Vector…} and
 * {@code Scalar…}: the second is what the first means, and what runs where the first cannot.
 *
 * <p>A JVM that is to use the fast ones needs {@code --add-modules jdk.incubator.vector}; see {@link
 * dev.steelyard.tensor.kernels.Kernels}.
 */
@NullMarked
package dev.steelyard.tensor.kernels;

import org.jspecify.annotations.NullMarked;
