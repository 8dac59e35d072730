/**
 * Layers of neural networks over libtorch. A layer is made of parameters in a {@link
 * dev.steelyard.tensor.nn.ParameterStore} under the names that PyTorch gives them, with PyTorch's initial distributions
 * and a seed of its own.
 */
@NullMarked
package dev.steelyard.tensor.nn;

import org.jspecify.annotations.NullMarked;
