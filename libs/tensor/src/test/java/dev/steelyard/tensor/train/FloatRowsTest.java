package dev.steelyard.tensor.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class FloatRowsTest {
    private static final int N = 784;

    @Test
    void a_sum_has_the_same_bits_whether_interpreted_or_compiled() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment a = random(arena, 1);
            MemorySegment b = random(arena, 2);
            double expected = laneByLane(a, b);

            for (int call = 0; call < 30_000; call++) { // the optimizing compiler takes over on the way
                assertThat(FloatRows.dot(a, b, 0, N)).isEqualTo(expected);
                assertThat(FloatRows.dot(a, b.toArray(ValueLayout.JAVA_FLOAT), 0, N))
                        .isEqualTo(expected);
            }
        }
    }

    /** What each lane of a register gathers, then the lanes in order. */
    private static double laneByLane(MemorySegment a, MemorySegment b) {
        float[] lanes = new float[FloatVector.SPECIES_PREFERRED.length()];
        for (int i = 0; i < N; i++) {
            int lane = i % lanes.length;
            lanes[lane] = Math.fma(
                    a.getAtIndex(ValueLayout.JAVA_FLOAT, i), b.getAtIndex(ValueLayout.JAVA_FLOAT, i), lanes[lane]);
        }
        double sum = 0;
        for (float lane : lanes) {
            sum += lane;
        }
        return sum;
    }

    private static MemorySegment random(Arena arena, long seed) {
        MemorySegment floats = arena.allocate(ValueLayout.JAVA_FLOAT, N);
        Random random = new Random(seed);
        for (int i = 0; i < N; i++) {
            floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        }
        return floats;
    }
}
