package dev.steelyard.tensor.train;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Arithmetic of optimizers over runs of floats in native memory, a register at a time. Offsets are in bytes. */
final class FloatRows {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /** Terms of a sum that are added in single precision before they go into a double. */
    private static final int RUN = 2048;

    private FloatRows() {}

    /** Σ a∘b. */
    static double dot(MemorySegment a, MemorySegment b, long offset, int n) {
        double sum = 0;
        for (int from = 0; from < n; from += RUN) {
            sum += dotOfRun(a, b, offset + (long) from * Float.BYTES, Math.min(RUN, n - from));
        }
        return sum;
    }

    private static double dotOfRun(MemorySegment a, MemorySegment b, long offset, int n) {
        FloatVector sum = FloatVector.zero(F);
        int bound = F.loopBound(n);
        for (int i = 0; i < bound; i += F.length()) {
            long at = offset + (long) i * Float.BYTES;
            sum = load(a, at).fma(load(b, at), sum);
        }
        double tail = 0;
        for (int i = bound; i < n; i++) {
            long at = offset + (long) i * Float.BYTES;
            tail += (double) a.get(FLOAT, at) * b.get(FLOAT, at);
        }
        return total(sum) + tail;
    }

    /** Σ w∘u, u from its beginning. */
    static double dot(MemorySegment w, float[] u, long offset, int n) {
        double sum = 0;
        for (int from = 0; from < n; from += RUN) {
            int run = Math.min(RUN, n - from);
            FloatVector lanes = FloatVector.zero(F);
            int bound = F.loopBound(run);
            for (int i = from; i < from + bound; i += F.length()) {
                lanes = load(w, offset + (long) i * Float.BYTES).fma(FloatVector.fromArray(F, u, i), lanes);
            }
            sum += total(lanes);
            for (int i = from + bound; i < from + run; i++) {
                sum += (double) w.get(FLOAT, offset + (long) i * Float.BYTES) * u[i];
            }
        }
        return sum;
    }

    /** a ← decay·a + share·g. */
    static void average(MemorySegment a, MemorySegment g, long offset, int n, float decay, float share) {
        int bound = F.loopBound(n);
        for (int i = 0; i < bound; i += F.length()) {
            long at = offset + (long) i * Float.BYTES;
            load(g, at)
                    .fma(FloatVector.broadcast(F, share), load(a, at).mul(decay))
                    .intoMemorySegment(a, at, ORDER);
        }
        for (int i = bound; i < n; i++) {
            long at = offset + (long) i * Float.BYTES;
            a.set(FLOAT, at, Math.fma(g.get(FLOAT, at), share, a.get(FLOAT, at) * decay));
        }
    }

    /** a ← decay·a + share·g². */
    static void averageSquares(MemorySegment a, MemorySegment g, long offset, int n, float decay, float share) {
        int bound = F.loopBound(n);
        for (int i = 0; i < bound; i += F.length()) {
            long at = offset + (long) i * Float.BYTES;
            FloatVector gradient = load(g, at);
            gradient.mul(share).fma(gradient, load(a, at).mul(decay)).intoMemorySegment(a, at, ORDER);
        }
        for (int i = bound; i < n; i++) {
            long at = offset + (long) i * Float.BYTES;
            float gradient = g.get(FLOAT, at);
            a.set(FLOAT, at, Math.fma(gradient * share, gradient, a.get(FLOAT, at) * decay));
        }
    }

    /** u ← share·a + ahead·g; without {@code ahead} g is not read. */
    static void combine(float[] u, MemorySegment a, MemorySegment g, long offset, int n, float share, float ahead) {
        int bound = F.loopBound(n);
        for (int i = 0; i < bound; i += F.length()) {
            long at = offset + (long) i * Float.BYTES;
            FloatVector sum = share == 1 ? load(a, at) : load(a, at).mul(share);
            if (ahead != 0) {
                sum = load(g, at).fma(FloatVector.broadcast(F, ahead), sum);
            }
            sum.intoArray(u, i);
        }
        for (int i = bound; i < n; i++) {
            long at = offset + (long) i * Float.BYTES;
            float sum = share * a.get(FLOAT, at);
            u[i] = ahead == 0 ? sum : Math.fma(g.get(FLOAT, at), ahead, sum);
        }
    }

    /** u ← u / (√v / root + ε). */
    static void divideByRoot(float[] u, MemorySegment v, long offset, int n, float root, float epsilon) {
        int bound = F.loopBound(n);
        for (int i = 0; i < bound; i += F.length()) {
            FloatVector denominator = load(v, offset + (long) i * Float.BYTES)
                    .lanewise(VectorOperators.SQRT)
                    .div(root)
                    .add(epsilon);
            FloatVector.fromArray(F, u, i).div(denominator).intoArray(u, i);
        }
        for (int i = bound; i < n; i++) {
            float squares = v.get(FLOAT, offset + (long) i * Float.BYTES);
            u[i] /= (float) Math.sqrt(squares) / root + epsilon;
        }
    }

    /** u ← u − c·w. */
    static void subtract(float[] u, MemorySegment w, long offset, int n, float c) {
        int bound = F.loopBound(n);
        for (int i = 0; i < bound; i += F.length()) {
            load(w, offset + (long) i * Float.BYTES)
                    .fma(FloatVector.broadcast(F, -c), FloatVector.fromArray(F, u, i))
                    .intoArray(u, i);
        }
        for (int i = bound; i < n; i++) {
            u[i] = Math.fma(w.get(FLOAT, offset + (long) i * Float.BYTES), -c, u[i]);
        }
    }

    /** w ← keep·w − step·u. */
    static void move(MemorySegment w, float[] u, long offset, int n, float keep, float step) {
        int bound = F.loopBound(n);
        for (int i = 0; i < bound; i += F.length()) {
            long at = offset + (long) i * Float.BYTES;
            FloatVector.fromArray(F, u, i)
                    .fma(FloatVector.broadcast(F, -step), load(w, at).mul(keep))
                    .intoMemorySegment(w, at, ORDER);
        }
        for (int i = bound; i < n; i++) {
            long at = offset + (long) i * Float.BYTES;
            w.set(FLOAT, at, Math.fma(u[i], -step, w.get(FLOAT, at) * keep));
        }
    }

    /** a ← u. */
    static void store(float[] u, MemorySegment a, long offset, int n) {
        MemorySegment.copy(u, 0, a, FLOAT, offset, n);
    }

    /**
     * The sum of all lanes from the first to the last. {@code reduceLanes} leaves the order open: the interpreter and the
     * optimizing compiler add in different ones, so the same job would give other bits in a process that has run longer.
     */
    private static double total(FloatVector lanes) {
        double sum = 0;
        for (float lane : lanes.toArray()) {
            sum += lane;
        }
        return sum;
    }

    private static FloatVector load(MemorySegment a, long at) {
        return FloatVector.fromMemorySegment(F, a, at, ORDER);
    }
}
