package dev.steelyard.quantizer.compressed;

import dev.steelyard.quantizer.grid.Granularity;
import dev.steelyard.quantizer.grid.Grid;

/** How the weights of a module are quantized: what a config group of the format says. */
public record WeightScheme(Grid grid, Granularity granularity) {}
