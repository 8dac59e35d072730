/**
 * Reads ONNX models (github.com/onnx/onnx, onnx.proto) as checkpoints: the weights and as much of the graph as tells
 * what they are called. Files are mapped and walked in place, so their size is no matter; no operator is run.
 */
@NullMarked
package dev.steelyard.artifacts.onnx;

import org.jspecify.annotations.NullMarked;
