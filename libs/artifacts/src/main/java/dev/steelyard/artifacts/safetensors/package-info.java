/**
 * The safetensors format: 8 bytes little-endian header length, a JSON header, then the tensors' bytes. Files are mapped,
 * never loaded; what the header claims is checked before anything is believed.
 */
@NullMarked
package dev.steelyard.artifacts.safetensors;

import org.jspecify.annotations.NullMarked;
