/** Model architectures read from a Hugging Face folder: config.json, safetensors, tokenizer.json. */
@NullMarked
package dev.steelyard.models;

import org.jspecify.annotations.NullMarked;
