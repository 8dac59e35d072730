@NullMarked
package dev.steelyard.artifacts.onnx;

import org.jspecify.annotations.NullMarked;
