/** What a quantized model costs and saves, as JSON, Markdown and a plot. The same run gives the same bytes. */
@NullMarked
package dev.steelyard.quantizer.report;

import org.jspecify.annotations.NullMarked;
