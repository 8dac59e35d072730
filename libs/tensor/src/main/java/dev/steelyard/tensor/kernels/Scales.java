package dev.steelyard.tensor.kernels;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The scales of a few rows of a packed matrix, one for each lane of a register of words. */
final class Scales {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

    private final int groups;
    private final int stride;
    private final int[] firstGroup; // [chunks]
    private final VectorShuffle<Float> lanes;
    private final float[] rows; // [4, stride]

    /** @param chunk columns of one register; a multiple or a divisor of the matrix's group */
    Scales(PackedMatrix w, int chunk, int chunks) {
        groups = w.groups();
        stride = groups + F.length(); // a load may reach beyond the last group
        rows = new float[4 * stride];
        firstGroup = new int[chunks];
        for (int c = 0; c < chunks; c++) {
            firstGroup[c] = c * chunk / w.group();
        }
        int perLane = chunk / F.length();
        lanes = VectorShuffle.fromOp(F, lane -> lane * perLane / w.group());
    }

    void load(PackedMatrix w, int firstRow) {
        for (int i = 0; i < 4; i++) {
            long offset = (long) (firstRow + i) * groups * Float.BYTES;
            MemorySegment.copy(w.scales(), FloatFormat.FLOAT, offset, rows, i * stride, groups);
        }
    }

    /** One scale for each lane of the c-th register of the i-th row. */
    FloatVector of(int i, int c) {
        return FloatVector.fromArray(F, rows, i * stride + firstGroup[c]).rearrange(lanes);
    }
}
