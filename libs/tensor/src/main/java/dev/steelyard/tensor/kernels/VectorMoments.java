package dev.steelyard.tensor.kernels;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link MomentKernels} a register at a time; what does not fill one is left to the scalar twin. A number's decade comes
 * from comparisons, its cell from a product; rounding may put it one rank off, which two boundaries set right.
 */
final class VectorMoments implements MomentKernels {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());

    /** As many bytes as a register holds floats. */
    private static final VectorSpecies<Byte> B =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, F.length() * 8)));

    private static final Lookup SIGNED = new Lookup(DynamicCode.SIGNED);
    private static final Lookup UNSIGNED = new Lookup(DynamicCode.UNSIGNED);

    private final ScalarMoments scalar = new ScalarMoments();

    /** Tables of a code. */
    private static final class Lookup {
        final float[] values;
        final float[] boundaries;
        final int last;
        final float[] edges = new float[DynamicCode.DECADES]; // lower end of each decade
        final float[] cellsPerUnit = new float[DynamicCode.DECADES];
        final int[] ranksBefore = new int[DynamicCode.DECADES];

        Lookup(DynamicCode code) {
            values = code.values();
            boundaries = code.boundaries();
            last = boundaries.length - 1;
            int before = 0;
            for (int decade = 0; decade < DynamicCode.DECADES; decade++) {
                double bottom = Math.pow(10, decade - DynamicCode.DECADES);
                edges[decade] = (float) bottom;
                cellsPerUnit[decade] = (float) (code.cells(decade) / (9 * bottom));
                ranksBefore[decade] = before;
                before += code.cells(decade);
            }
        }
    }

    private static Lookup lookup(DynamicCode code) {
        return code.signed() ? SIGNED : UNSIGNED;
    }

    @Override
    public void decode(DynamicCode code, byte[] codes, float scale, int n, float[] out) {
        float[] values = lookup(code).values;
        int[] places = new int[I.length()];
        int bound = F.loopBound(n);
        for (int i = 0; i < bound; i += F.length()) {
            ((IntVector) ByteVector.fromArray(B, codes, i).convertShape(VectorOperators.ZERO_EXTEND_B2I, I, 0))
                    .intoArray(places, 0);
            FloatVector.fromArray(F, values, 0, places, 0).mul(scale).intoArray(out, i);
        }
        for (int i = bound; i < n; i++) {
            out[i] = values[Byte.toUnsignedInt(codes[i])] * scale;
        }
    }

    @Override
    public float encode(DynamicCode code, float[] values, int n, byte[] codes) {
        int bound = F.loopBound(n);
        float scale = largest(values, bound, n);
        if (scale == 0) {
            scalar.encode(code, values, 0, n, 0, codes);
            return 0;
        }
        Lookup lookup = lookup(code);
        int[] places = new int[I.length()];
        for (int i = 0; i < bound; i += F.length()) {
            FloatVector value = FloatVector.fromArray(F, values, i);
            FloatVector share = value.div(scale);
            IntVector rank = rank(lookup, share.abs(), places);
            IntVector found = code.signed() ? signed(rank, share, code.zero()) : kept(rank, value);
            ((ByteVector) found.convertShape(VectorOperators.I2B, B, 0)).intoArray(codes, i);
        }
        scalar.encode(code, values, bound, n, scale, codes);
        return scale;
    }

    private static float largest(float[] values, int bound, int n) {
        FloatVector largest = FloatVector.zero(F);
        for (int i = 0; i < bound; i += F.length()) {
            largest = largest.max(FloatVector.fromArray(F, values, i).abs());
        }
        float scale = largest.reduceLanes(VectorOperators.MAX);
        for (int i = bound; i < n; i++) {
            scale = Math.max(scale, Math.abs(values[i]));
        }
        return scale;
    }

    private static IntVector rank(Lookup lookup, FloatVector magnitude, int[] places) {
        FloatVector edge = FloatVector.broadcast(F, lookup.edges[0]);
        FloatVector cellsPerUnit = FloatVector.broadcast(F, lookup.cellsPerUnit[0]);
        IntVector before = IntVector.zero(I);
        for (int decade = 1; decade < DynamicCode.DECADES; decade++) {
            VectorMask<Float> above = magnitude.compare(VectorOperators.GE, lookup.edges[decade]);
            edge = edge.blend(lookup.edges[decade], above);
            cellsPerUnit = cellsPerUnit.blend(lookup.cellsPerUnit[decade], above);
            before = before.blend(lookup.ranksBefore[decade], above.cast(I));
        }
        IntVector cell =
                (IntVector) magnitude.sub(edge).mul(cellsPerUnit).max(0).convert(VectorOperators.F2I, 0);
        IntVector guess = before.add(cell).add(1).min(lookup.last); // at least 1
        guess.sub(1).intoArray(places, 0);
        FloatVector below = FloatVector.fromArray(F, lookup.boundaries, 0, places, 0);
        guess.intoArray(places, 0);
        FloatVector above = FloatVector.fromArray(F, lookup.boundaries, 0, places, 0);
        return guess.sub(1, magnitude.compare(VectorOperators.LE, below).cast(I))
                .add(1, magnitude.compare(VectorOperators.GT, above).cast(I));
    }

    /** Negative numbers stand below the zero, and there is none for −1. */
    private static IntVector signed(IntVector rank, FloatVector share, int zero) {
        IntVector negative = rank.neg().add(zero).max(0);
        return rank.add(zero)
                .blend(negative, share.compare(VectorOperators.LT, 0).cast(I));
    }

    private static IntVector kept(IntVector rank, FloatVector value) {
        VectorMask<Integer> vanishes = rank.compare(VectorOperators.EQ, 0)
                .and(value.compare(VectorOperators.GT, 0).cast(I));
        return rank.blend(1, vanishes);
    }

    @Override
    public void advance(Rule rule, float[] g, float[] m, float[] v, int n) {
        int bound = F.loopBound(n);
        for (int i = 0; i < bound; i += F.length()) {
            FloatVector gradient = FloatVector.fromArray(F, g, i);
            FloatVector first = FloatVector.fromArray(F, m, i).mul(rule.beta1()).add(gradient.mul(rule.rest1()));
            FloatVector second = FloatVector.fromArray(F, v, i)
                    .mul(rule.beta2())
                    .add(gradient.mul(rule.rest2()).mul(gradient));
            first.intoArray(m, i);
            second.intoArray(v, i);
            first.div(second.lanewise(VectorOperators.SQRT).add(rule.epsilon())).intoArray(g, i);
        }
        scalar.advance(rule, g, m, v, bound, n);
    }
}
