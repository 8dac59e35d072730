package dev.steelyard.quantizer.checkpoint;

import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.method.MethodException;
import dev.steelyard.quantizer.compressed.PackedWeight;
import dev.steelyard.quantizer.compressed.ZeroPoints;
import dev.steelyard.quantizer.grid.Granularity;
import dev.steelyard.quantizer.grid.RowQuantizer;
import dev.steelyard.tensor.kernels.FloatFormat;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/** Quantizes one matrix block by block and writes each block where it belongs. */
final class MatrixWriter {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Matrix matrix;
    private final PackedWeight weight;
    private final SafetensorsWriter out;

    MatrixWriter(Matrix matrix, PackedWeight weight, SafetensorsWriter out) {
        this.matrix = matrix;
        this.weight = weight;
        this.out = out;
    }

    /** Signal and noise of some rows. */
    private record Energy(double signal, double noise) {}

    QuantizedMatrix write(RowBlocks blocks, Granularity granularity)
            throws MethodException, IOException, InterruptedException {
        List<Energy> energies = blocks.run(matrix, this::writeRows);
        MemorySegment shape = MemorySegment.ofArray(new byte[2 * Long.BYTES]);
        shape.set(LONG, 0, weight.rows());
        shape.set(LONG, Long.BYTES, weight.cols());
        out.write(weight.shape().name(), 0, shape);
        double signal = 0;
        double noise = 0;
        for (Energy energy : energies) {
            signal += energy.signal;
            noise += energy.noise;
        }
        return new QuantizedMatrix(weight, granularity, signal, noise);
    }

    private Energy writeRows(int from, int to) throws MethodException, IOException {
        var quantizer = new RowQuantizer(weight.grid(), matrix.format(), weight.cols(), weight.group());
        int packedRow = quantizer.packed().length;
        int scaleRow = weight.groups() * matrix.format().bytes();
        var zeros = new ZeroPoints(weight, to - from);
        double signal = 0;
        double noise = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment packed = arena.allocate((long) packedRow * (to - from), 8);
            MemorySegment scales = arena.allocate((long) scaleRow * (to - from), 8);
            for (int row = from; row < to; row++) {
                if (!quantizer.quantize(matrix.data(), row * matrix.rowBytes())) {
                    throw matrix.notFinite(row);
                }
                int i = row - from;
                MemorySegment.copy(
                        quantizer.packed(), 0, packed, ValueLayout.JAVA_BYTE, (long) i * packedRow, packedRow);
                store(quantizer.scales(), matrix.format(), scales, (long) i * scaleRow);
                zeros.set(i, quantizer.zeroCodes());
                signal += quantizer.signal();
                noise += quantizer.noise();
            }
            out.write(weight.packed().name(), (long) from * packedRow, packed);
            out.write(weight.scale().name(), (long) from * scaleRow, scales);
            if (!weight.grid().symmetric()) {
                out.write(weight.zeroPoint().name(), zeros.offset(from), zeros.words());
            }
        }
        return new Energy(signal, noise);
    }

    private static void store(float[] values, FloatFormat format, MemorySegment into, long offset) {
        for (int i = 0; i < values.length; i++) {
            format.set(into, offset + (long) i * format.bytes(), values[i]);
        }
    }
}
