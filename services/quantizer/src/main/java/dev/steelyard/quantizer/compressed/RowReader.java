package dev.steelyard.quantizer.compressed;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.tensor.kernels.FloatFormat;
import dev.steelyard.tensor.kernels.Kernels;
import dev.steelyard.tensor.kernels.QuantizeKernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Reads rows of one packed matrix as numbers: (q − z) · s, rounded to the format of s. The very bits that
 * compressed-tensors gives. For one thread.
 */
public final class RowReader {
    private final QuantizeKernels kernels = Kernels.best().quantize();
    private final PackedWeight weight;
    private final MemorySegment packed;
    private final MemorySegment scales;
    private final ZeroPoints zeros;
    private final byte[] row; // packed
    private final byte[] codes; // [cols, rounded up to whole words]

    /** @param checkpoint holds the tensors of {@code weight}; must stay open */
    public RowReader(Checkpoint checkpoint, PackedWeight weight) throws ArtifactException {
        this.weight = weight;
        packed = checkpoint.data(weight.packed().name());
        scales = checkpoint.data(weight.scale().name());
        zeros = weight.grid().symmetric()
                ? new ZeroPoints(weight, 0)
                : new ZeroPoints(weight, checkpoint.data(weight.zeroPoint().name()));
        row = new byte[(int) (packed.byteSize() / weight.rows())];
        codes = weight.grid().bits() == 4 ? new byte[2 * row.length] : row;
    }

    /** @param out takes the row, [cols] */
    public void read(int r, float[] out) {
        int bits = weight.grid().bits();
        FloatFormat format = weight.format();
        MemorySegment.copy(packed, ValueLayout.JAVA_BYTE, (long) r * row.length, row, 0, row.length);
        if (bits == 4) {
            kernels.unpack4(row, codes.length, codes);
        }
        for (int g = 0; g < weight.groups(); g++) {
            float scale = format.get(scales, ((long) r * weight.groups() + g) * format.bytes());
            int zero = weight.grid().symmetric() ? 0 : zeros.get(r, g);
            kernels.decode(codes, g * weight.group(), weight.group(), scale, zero, bits, format, out);
        }
    }
}
