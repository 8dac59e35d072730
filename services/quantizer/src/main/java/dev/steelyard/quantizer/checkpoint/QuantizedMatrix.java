package dev.steelyard.quantizer.checkpoint;

import dev.steelyard.quantizer.compressed.PackedWeight;
import dev.steelyard.quantizer.grid.Granularity;

/**
 * What became of one matrix.
 *
 * @param weight the tensors written
 * @param granularity how far a scale reaches
 * @param signal Σ w²
 * @param noise Σ (w − ŵ)² with ŵ as a reader sees it
 */
public record QuantizedMatrix(PackedWeight weight, Granularity granularity, double signal, double noise) {

    /** Signal to quantization noise in dB; infinite when nothing was lost. */
    public double sqnr() {
        return decibels(signal, noise);
    }

    /** 10 log₁₀ (signal / noise). */
    public static double decibels(double signal, double noise) {
        return noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
    }
}
