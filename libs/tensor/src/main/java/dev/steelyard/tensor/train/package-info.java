/**
 * Training: optimizers, learning-rate schedules, gradients, data in a resumable order, and the state that continues a
 * run bit for bit.
 *
 * <p>Optimizer state carries the names of PyTorch's optimizers ({@code exp_avg}, {@code exp_avg_sq},
 * {@code momentum_buffer}, {@code step}), each behind the name of its parameter.
 */
@NullMarked
package dev.steelyard.tensor.train;

import org.jspecify.annotations.NullMarked;
