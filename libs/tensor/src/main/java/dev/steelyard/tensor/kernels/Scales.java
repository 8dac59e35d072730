package dev.steelyard.tensor.kernels;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The scales of four rows of a packed matrix, spread so that a register of words finds one for each of its lanes. */
final class Scales {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int ROWS = 4;
    private static final int LANES = F.length();

    private final int groups;
    private final int chunk;
    private final int chunks;
    private final int group;
    private final int[] groupOf; // [chunks], of the first column
    private final float[] plain; // [groups]
    private final float[] spread; // [chunks, 4, lanes], and room for a store that reaches beyond

    /** @param chunk columns of one register; a multiple or a divisor of the matrix's group, or less than all columns */
    Scales(PackedMatrix w, int chunk, int chunks) {
        groups = w.groups();
        group = w.group();
        this.chunk = chunk;
        this.chunks = chunks;
        groupOf = new int[chunks];
        for (int c = 0; c < chunks; c++) {
            groupOf[c] = c * chunk / group;
        }
        plain = new float[groups];
        spread = new float[(chunks * ROWS + 1) * LANES];
    }

    /** Four registers for each chunk, one for each row. */
    float[] load(PackedMatrix w, int firstRow) {
        for (int i = 0; i < ROWS; i++) {
            long from = (long) (firstRow + i) * groups * Float.BYTES;
            MemorySegment.copy(w.scales(), FloatFormat.FLOAT, from, plain, 0, groups);
            for (int c = 0; c < chunks; c++) {
                FloatVector.broadcast(F, plain[groupOf[c]]).intoArray(spread, (c * ROWS + i) * LANES);
            }
            if (group < chunk) {
                spreadFine(i);
            }
        }
        return spread;
    }

    private void spreadFine(int i) {
        int perLane = chunk / LANES;
        for (int c = 0; c < chunks; c++) {
            for (int lane = 0; lane < LANES; lane++) {
                spread[(c * ROWS + i) * LANES + lane] = plain[(c * chunk + lane * perLane) / group];
            }
        }
    }
}
