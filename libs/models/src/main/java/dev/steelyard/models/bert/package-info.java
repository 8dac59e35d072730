/** BERT: Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers", 2019 (arXiv:1810.04805). */
@NullMarked
package dev.steelyard.models.bert;

import org.jspecify.annotations.NullMarked;
