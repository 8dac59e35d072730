/**
 * Reads GGUF files (github.com/ggml-org/ggml, docs/gguf.md), versions 2 and 3, as llama.cpp writes them: settings,
 * tokenizer and weights, most of them quantized, in one file. {@link dev.steelyard.artifacts.gguf.GgufImport} makes a
 * Hugging Face folder of one. Files are mapped, so their size is no matter.
 */
@NullMarked
package dev.steelyard.artifacts.gguf;

import org.jspecify.annotations.NullMarked;
