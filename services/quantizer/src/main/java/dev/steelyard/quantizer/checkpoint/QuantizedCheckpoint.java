package dev.steelyard.quantizer.checkpoint;

import java.util.List;

/**
 * What became of a checkpoint.
 *
 * @param bytesBefore of all tensors
 * @param bytesAfter of all tensors
 * @param parameters weights in all tensors before
 * @param matrices those quantized, in the order of files and bytes
 */
public record QuantizedCheckpoint(long bytesBefore, long bytesAfter, long parameters, List<QuantizedMatrix> matrices) {

    public QuantizedCheckpoint {
        matrices = List.copyOf(matrices);
    }

    /** Bits of the whole checkpoint for each of its parameters. */
    public double bitsPerParameter() {
        return 8.0 * bytesAfter / parameters;
    }

    /** Bits for each weight of the quantized matrices. */
    public double bitsPerQuantizedWeight() {
        double bits = 0;
        double weights = 0;
        for (QuantizedMatrix matrix : matrices) {
            double count = (double) matrix.weight().rows() * matrix.weight().cols();
            bits += matrix.weight().bitsPerWeight() * count;
            weights += count;
        }
        return bits / weights;
    }

    /** Signal to noise in dB over all quantized matrices. */
    public double sqnr() {
        double signal = matrices.stream().mapToDouble(QuantizedMatrix::signal).sum();
        double noise = matrices.stream().mapToDouble(QuantizedMatrix::noise).sum();
        return QuantizedMatrix.decibels(signal, noise);
    }
}
