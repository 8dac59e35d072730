package dev.steelyard.models;

import dev.steelyard.artifacts.safetensors.DType;

/**
 * The matrix W of a linear layer y = x Wᵀ + b.
 *
 * @param name in the checkpoint
 * @param file of the checkpoint that holds it
 * @param out rows
 * @param in columns
 * @param dtype one of the floating-point types
 */
public record LinearWeight(String name, String file, long out, long in, DType dtype) {

    /** Number of weights. */
    public long elements() {
        return out * in;
    }
}
