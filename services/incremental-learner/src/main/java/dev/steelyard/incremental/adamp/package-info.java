/** Training with optimizers that do not waste their learning rate on growing norms (AdamP, SGDP). */
@NullMarked
package dev.steelyard.incremental.adamp;

import org.jspecify.annotations.NullMarked;
