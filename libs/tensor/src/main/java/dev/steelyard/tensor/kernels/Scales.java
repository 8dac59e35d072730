package dev.steelyard.tensor.kernels;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The scales of four rows of a packed matrix, spread so that a register of words finds one for each of its lanes. */
final class Scales {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int ROWS = 4;

    private final int groups;
    private final int width; // lanes that share a scale
    private final int stride;
    private final int[] offsets; // [chunks]
    private final float[] plain; // [groups]
    private final float[] spread; // [4, stride]

    /** @param chunk columns of one register; a multiple or a divisor of the matrix's group, or less than all columns */
    Scales(PackedMatrix w, int chunk, int chunks) {
        groups = w.groups();
        width = Math.min(F.length(), Math.max(1, w.group() * F.length() / chunk));
        stride = groups * width + F.length(); // a store may reach beyond the last group
        plain = new float[groups];
        spread = new float[ROWS * stride];
        offsets = new int[chunks];
        for (int c = 0; c < chunks; c++) {
            offsets[c] = c * chunk / w.group() * width;
        }
    }

    void load(PackedMatrix w, int firstRow) {
        for (int i = 0; i < ROWS; i++) {
            long from = (long) (firstRow + i) * groups * Float.BYTES;
            MemorySegment.copy(w.scales(), FloatFormat.FLOAT, from, plain, 0, groups);
            for (int g = 0; g < groups; g++) { // each store overwrites what the one before wrote too much
                FloatVector.broadcast(F, plain[g]).intoArray(spread, i * stride + g * width);
            }
        }
    }

    /** One scale for each lane of the c-th register of the i-th row. */
    FloatVector of(int i, int c) {
        return FloatVector.fromArray(F, spread, i * stride + offsets[c]);
    }
}
