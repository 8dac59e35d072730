package dev.steelyard.tensor.kernels;

import com.google.errorprone.annotations.Keep;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link GemvKernels} on registers of 32-bit words, each holding 32 / b codes of neighbouring columns.
 *
 * <p>A code u in the top bits of the mantissa of 1.0 is the float f = 1 + u / 2^b, so that a weight is q = u − 2^(b−1) =
 * 2^b (f − 1.5): no conversion is needed, one rotation brings each code of the word into place, and Σ q x = 2^b (Σ f x −
 * 1.5 Σ x), where the second sum belongs to x alone and starts the first. For each register of words, {@link
 * #activations} therefore lays out 32 / b registers of x, the k-th with those columns whose code is the k-th of its
 * word, and one of −1.5 times their sum.
 *
 * <p>Four rows are taken at once, so that x is loaded once for all; their bytes are read through first, because the
 * processor fetches a plain run of loads about twice as fast from memory as loads among arithmetic.
 */
final class VectorGemv implements GemvKernels {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());
    private static final VectorSpecies<Long> L = VectorSpecies.of(long.class, F.vectorShape());
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;

    private static final int ROWS = 4;
    private static final int LANES = F.length();
    private static final int MANTISSA = 23;
    private static final int ONE = 0x3F800000;

    /** Written so that a fetch is not optimised away. */
    @Keep
    private long fetched;

    @Override
    public Activations activations(int bits, float[] x) {
        int perWord = Integer.SIZE / bits;
        int chunk = perWord * LANES; // columns of one register
        int stride = chunk + LANES;
        int chunks = x.length / chunk;
        float[] layout = new float[chunks * stride];
        for (int c = 0; c < chunks; c++) {
            for (int lane = 0; lane < LANES; lane++) {
                int from = c * chunk + lane * perWord;
                float sum = 0;
                for (int k = 0; k < perWord; k++) {
                    layout[c * stride + k * LANES + lane] = x[from + k];
                    sum += x[from + k];
                }
                layout[c * stride + chunk + lane] = -1.5f * sum;
            }
        }
        return new Activations(bits, x, layout);
    }

    @Override
    public void multiply(PackedMatrix w, Activations x, float[] y, int from, int to) {
        GemvKernels.requireFit(w, x, y, from, to);
        int chunk = Integer.SIZE / w.bits() * LANES;
        boolean aligned = w.groups() == 1 || w.group() % chunk == 0 || chunk % w.group() == 0;
        int chunks = aligned ? w.cols() / chunk : 0;
        if (chunks == 0 || w.rows() < ROWS) {
            for (int r = from; r < to; r++) {
                y[r] = (float) ScalarGemv.dot(w, x.x(), r, 0);
            }
            return;
        }
        var scales = new Scales(w, chunk, chunks);
        float[] totals = new float[ROWS * LANES];
        for (int r = from; r < to; r += ROWS) {
            int first = Math.min(r, w.rows() - ROWS); // where fewer are left, some are computed again
            fourRows(w, first, chunks, x.layout(), scales.load(w, first), totals);
            for (int i = r; i < Math.min(r + ROWS, to); i++) {
                y[i] = (1 << w.bits()) * sum(totals, i - first);
                if (chunks * chunk < w.cols()) {
                    y[i] += (float) ScalarGemv.dot(w, x.x(), i, chunks * chunk);
                }
            }
        }
    }

    private void fourRows(PackedMatrix w, int row, int chunks, float[] x, float[] scales, float[] totals) {
        long first = row * w.rowBytes();
        fetch(w.codes(), first, ROWS * w.rowBytes());
        if (w.bits() == 4) {
            fourRows4(w, first, chunks, x, scales, totals);
        } else {
            fourRows8(w, first, chunks, x, scales, totals);
        }
    }

    private static void fourRows4(PackedMatrix w, long first, int chunks, float[] x, float[] scales, float[] totals) {
        MemorySegment codes = w.codes();
        long row = w.rowBytes();
        FloatVector t0 = FloatVector.zero(F);
        FloatVector t1 = t0;
        FloatVector t2 = t0;
        FloatVector t3 = t0;
        long at = first;
        for (int c = 0, o = 0; c < chunks; c++, at += I.vectorByteSize()) {
            IntVector v0 = IntVector.fromMemorySegment(I, codes, at, LE).lanewise(VectorOperators.ROL, MANTISSA - 4);
            IntVector v1 =
                    IntVector.fromMemorySegment(I, codes, at + row, LE).lanewise(VectorOperators.ROL, MANTISSA - 4);
            IntVector v2 =
                    IntVector.fromMemorySegment(I, codes, at + 2 * row, LE).lanewise(VectorOperators.ROL, MANTISSA - 4);
            IntVector v3 =
                    IntVector.fromMemorySegment(I, codes, at + 3 * row, LE).lanewise(VectorOperators.ROL, MANTISSA - 4);
            FloatVector a0 = FloatVector.fromArray(F, x, o + 8 * LANES);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int k = 0; k < 8; k++) {
                FloatVector xk = FloatVector.fromArray(F, x, o + k * LANES);
                a0 = float4(v0).fma(xk, a0);
                a1 = float4(v1).fma(xk, a1);
                a2 = float4(v2).fma(xk, a2);
                a3 = float4(v3).fma(xk, a3);
                v0 = v0.lanewise(VectorOperators.ROR, 4);
                v1 = v1.lanewise(VectorOperators.ROR, 4);
                v2 = v2.lanewise(VectorOperators.ROR, 4);
                v3 = v3.lanewise(VectorOperators.ROR, 4);
            }
            o += 9 * LANES;
            t0 = a0.fma(FloatVector.fromArray(F, scales, ROWS * c * LANES), t0);
            t1 = a1.fma(FloatVector.fromArray(F, scales, (ROWS * c + 1) * LANES), t1);
            t2 = a2.fma(FloatVector.fromArray(F, scales, (ROWS * c + 2) * LANES), t2);
            t3 = a3.fma(FloatVector.fromArray(F, scales, (ROWS * c + 3) * LANES), t3);
        }
        t0.intoArray(totals, 0);
        t1.intoArray(totals, LANES);
        t2.intoArray(totals, 2 * LANES);
        t3.intoArray(totals, 3 * LANES);
    }

    private static void fourRows8(PackedMatrix w, long first, int chunks, float[] x, float[] scales, float[] totals) {
        MemorySegment codes = w.codes();
        long row = w.rowBytes();
        FloatVector t0 = FloatVector.zero(F);
        FloatVector t1 = t0;
        FloatVector t2 = t0;
        FloatVector t3 = t0;
        long at = first;
        for (int c = 0, o = 0; c < chunks; c++, at += I.vectorByteSize()) {
            IntVector v0 = IntVector.fromMemorySegment(I, codes, at, LE).lanewise(VectorOperators.ROL, MANTISSA - 8);
            IntVector v1 =
                    IntVector.fromMemorySegment(I, codes, at + row, LE).lanewise(VectorOperators.ROL, MANTISSA - 8);
            IntVector v2 =
                    IntVector.fromMemorySegment(I, codes, at + 2 * row, LE).lanewise(VectorOperators.ROL, MANTISSA - 8);
            IntVector v3 =
                    IntVector.fromMemorySegment(I, codes, at + 3 * row, LE).lanewise(VectorOperators.ROL, MANTISSA - 8);
            FloatVector a0 = FloatVector.fromArray(F, x, o + 4 * LANES);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int k = 0; k < 4; k++) {
                FloatVector xk = FloatVector.fromArray(F, x, o + k * LANES);
                a0 = float8(v0).fma(xk, a0);
                a1 = float8(v1).fma(xk, a1);
                a2 = float8(v2).fma(xk, a2);
                a3 = float8(v3).fma(xk, a3);
                v0 = v0.lanewise(VectorOperators.ROR, 8);
                v1 = v1.lanewise(VectorOperators.ROR, 8);
                v2 = v2.lanewise(VectorOperators.ROR, 8);
                v3 = v3.lanewise(VectorOperators.ROR, 8);
            }
            o += 5 * LANES;
            t0 = a0.fma(FloatVector.fromArray(F, scales, ROWS * c * LANES), t0);
            t1 = a1.fma(FloatVector.fromArray(F, scales, (ROWS * c + 1) * LANES), t1);
            t2 = a2.fma(FloatVector.fromArray(F, scales, (ROWS * c + 2) * LANES), t2);
            t3 = a3.fma(FloatVector.fromArray(F, scales, (ROWS * c + 3) * LANES), t3);
        }
        t0.intoArray(totals, 0);
        t1.intoArray(totals, LANES);
        t2.intoArray(totals, 2 * LANES);
        t3.intoArray(totals, 3 * LANES);
    }

    /** 1 + u / 16 of the codes u in bits 19 to 22. */
    private static FloatVector float4(IntVector v) {
        return v.and(0x00780000).or(ONE).reinterpretAsFloats();
    }

    /** 1 + u / 256 of the codes u in bits 15 to 22. */
    private static FloatVector float8(IntVector v) {
        return v.and(0x007F8000).or(ONE).reinterpretAsFloats();
    }

    /**
     * Total of one of the four rows. Lanes are added in a fixed order: a register's own reduction gives other last bits
     * when it is interpreted than when it is compiled.
     */
    private static float sum(float[] totals, int row) {
        float sum = 0;
        for (int lane = row * LANES; lane < (row + 1) * LANES; lane++) {
            sum += totals[lane];
        }
        return sum;
    }

    /** Brings bytes into the cache. */
    private void fetch(MemorySegment segment, long offset, long bytes) {
        LongVector any = LongVector.zero(L);
        long end = offset + bytes - L.vectorByteSize();
        for (long o = offset; o <= end; o += L.vectorByteSize()) {
            any = any.or(LongVector.fromMemorySegment(L, segment, o, LE));
        }
        fetched = any.lane(0);
    }
}
