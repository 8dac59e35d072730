package dev.steelyard.tensor.nn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of deviations over runs of floats in native memory, a register at a time. Offsets are in bytes. Lanes are added
 * from the first to the last, since an order that is left open differs between interpreter and compiler.
 */
final class FloatDeviations {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /** Terms of a sum that are added in single precision before they go into a double. */
    private static final int RUN = 2048;

    private FloatDeviations() {}

    /**
     * Two sums.
     *
     * @param first Σ of one thing
     * @param second Σ of another
     */
    record Sums(double first, double second) {
        static final Sums NONE = new Sums(0, 0);

        Sums plus(Sums other) {
            return new Sums(first + other.first, second + other.second);
        }
    }

    /** Σ(x − center) and Σ(x − center)². */
    static Sums ofSquares(MemorySegment x, long offset, int n, float center) {
        Sums sums = Sums.NONE;
        for (int from = 0; from < n; from += RUN) {
            sums = sums.plus(runOfSquares(x, offset + (long) from * Float.BYTES, Math.min(RUN, n - from), center));
        }
        return sums;
    }

    private static Sums runOfSquares(MemorySegment x, long offset, int n, float center) {
        FloatVector sum = FloatVector.zero(F);
        FloatVector squares = FloatVector.zero(F);
        int bound = F.loopBound(n);
        for (int i = 0; i < bound; i += F.length()) {
            FloatVector d = load(x, offset + (long) i * Float.BYTES).sub(center);
            sum = sum.add(d);
            squares = d.fma(d, squares);
        }
        double sumOfTail = 0;
        double squaresOfTail = 0;
        for (int i = bound; i < n; i++) {
            double d = x.get(FLOAT, offset + (long) i * Float.BYTES) - center;
            sumOfTail += d;
            squaresOfTail += d * d;
        }
        return new Sums(total(sum) + sumOfTail, total(squares) + squaresOfTail);
    }

    /** Σg and Σg∘(x − center). */
    static Sums ofProducts(MemorySegment g, MemorySegment x, long offset, int n, float center) {
        Sums sums = Sums.NONE;
        for (int from = 0; from < n; from += RUN) {
            sums = sums.plus(runOfProducts(g, x, offset + (long) from * Float.BYTES, Math.min(RUN, n - from), center));
        }
        return sums;
    }

    private static Sums runOfProducts(MemorySegment g, MemorySegment x, long offset, int n, float center) {
        FloatVector sum = FloatVector.zero(F);
        FloatVector products = FloatVector.zero(F);
        int bound = F.loopBound(n);
        for (int i = 0; i < bound; i += F.length()) {
            long at = offset + (long) i * Float.BYTES;
            FloatVector gradient = load(g, at);
            sum = sum.add(gradient);
            products = load(x, at).sub(center).fma(gradient, products);
        }
        double sumOfTail = 0;
        double productsOfTail = 0;
        for (int i = bound; i < n; i++) {
            long at = offset + (long) i * Float.BYTES;
            double gradient = g.get(FLOAT, at);
            sumOfTail += gradient;
            productsOfTail += gradient * (x.get(FLOAT, at) - center);
        }
        return new Sums(total(sum) + sumOfTail, total(products) + productsOfTail);
    }

    /** y ← (x − center) / divisor. */
    static void divide(MemorySegment y, MemorySegment x, long offset, int n, float center, float divisor) {
        int bound = F.loopBound(n);
        for (int i = 0; i < bound; i += F.length()) {
            long at = offset + (long) i * Float.BYTES;
            load(x, at).sub(center).div(divisor).intoMemorySegment(y, at, ORDER);
        }
        for (int i = bound; i < n; i++) {
            long at = offset + (long) i * Float.BYTES;
            y.set(FLOAT, at, (x.get(FLOAT, at) - center) / divisor);
        }
    }

    /** y ← a·(g − gCenter) − b·(x − xCenter). */
    static void combine(
            MemorySegment y,
            MemorySegment g,
            MemorySegment x,
            long offset,
            int n,
            float a,
            float gCenter,
            float b,
            float xCenter) {
        int bound = F.loopBound(n);
        for (int i = 0; i < bound; i += F.length()) {
            long at = offset + (long) i * Float.BYTES;
            load(x, at)
                    .sub(xCenter)
                    .fma(FloatVector.broadcast(F, -b), load(g, at).sub(gCenter).mul(a))
                    .intoMemorySegment(y, at, ORDER);
        }
        for (int i = bound; i < n; i++) {
            long at = offset + (long) i * Float.BYTES;
            y.set(FLOAT, at, Math.fma(x.get(FLOAT, at) - xCenter, -b, (g.get(FLOAT, at) - gCenter) * a));
        }
    }

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
