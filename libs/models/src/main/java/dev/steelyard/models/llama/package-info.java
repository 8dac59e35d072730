/** Llama: Touvron et al., "LLaMA: Open and Efficient Foundation Language Models", 2023 (arXiv:2302.13971). */
@NullMarked
package dev.steelyard.models.llama;

import org.jspecify.annotations.NullMarked;
