/**
 * The compressed-tensors format "pack-quantized": quantized matrices as int32 words beside their scales, and the entry
 * of config.json that tells a reader how to put them together again.
 */
@NullMarked
package dev.steelyard.quantizer.compressed;

import org.jspecify.annotations.NullMarked;
