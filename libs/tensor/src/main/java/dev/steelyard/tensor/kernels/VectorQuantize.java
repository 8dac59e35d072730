package dev.steelyard.tensor.kernels;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link QuantizeKernels} a register at a time; what does not fill one is left to the scalar twin. */
final class VectorQuantize implements QuantizeKernels {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());
    private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, F.vectorShape());

    /** As many bytes as a register holds floats. */
    private static final VectorSpecies<Byte> B =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, F.length() * 8)));

    /** As many ints as a register holds longs. */
    private static final VectorSpecies<Integer> HALF =
            VectorSpecies.of(int.class, VectorShape.forBitSize(Math.max(64, F.vectorBitSize() / 2)));

    private static final VectorSpecies<Short> S = VectorSpecies.of(short.class, HALF.vectorShape());
    private static final VectorSpecies<Byte> HALF_BYTES = VectorSpecies.of(byte.class, HALF.vectorShape());
    private static final VectorSpecies<Long> L = VectorSpecies.of(long.class, F.vectorShape());

    /** Floats from 2^23 to 2^24 are integers: adding this rounds ties to even and leaves the integer in the low bits. */
    private static final float ROUNDER = 0x1.8p23f;

    /** Terms of a sum of squares that are added in single precision. */
    private static final int RUN = 1024;

    private final ScalarQuantize scalar = new ScalarQuantize();

    static int lanes() {
        return F.length();
    }

    @Override
    public void widen(FloatFormat format, MemorySegment source, long offset, float[] out, int n) {
        int bound = F.loopBound(n);
        int i = 0;
        switch (format) {
            case F32 -> {
                MemorySegment.copy(source, FloatFormat.FLOAT, offset, out, 0, n);
                i = n;
            }
            case F16 -> {
                for (; i < bound; i += F.length()) {
                    widenF16(wide(source, offset + 2L * i)).intoArray(out, i);
                }
            }
            case BF16 -> {
                for (; i < bound; i += F.length()) {
                    wide(source, offset + 2L * i)
                            .lanewise(VectorOperators.LSHL, 16)
                            .reinterpretAsFloats()
                            .intoArray(out, i);
                }
            }
        }
        for (; i < n; i++) {
            out[i] = format.get(source, offset + (long) i * format.bytes());
        }
    }

    /** As many 16-bit numbers as a register holds floats, each in an int. */
    private static IntVector wide(MemorySegment source, long offset) {
        return (IntVector) ShortVector.fromMemorySegment(S, source, offset, ByteOrder.LITTLE_ENDIAN)
                .convertShape(VectorOperators.ZERO_EXTEND_S2I, I, 0);
    }

    /** Exponent and mantissa moved into place are the number times 2^−112, exactly, subnormal numbers included. */
    private static FloatVector widenF16(IntVector bits) {
        IntVector magnitude = bits.and(0x7FFF).lanewise(VectorOperators.LSHL, 13);
        IntVector sign = bits.and(0x8000).lanewise(VectorOperators.LSHL, 16);
        FloatVector value = magnitude.reinterpretAsFloats().mul(0x1p112f);
        VectorMask<Integer> notFinite = magnitude.compare(VectorOperators.GE, 0x7C00 << 13);
        return value.reinterpretAsInts()
                .lanewise(VectorOperators.OR, 0x7F800000, notFinite)
                .or(sign)
                .reinterpretAsFloats();
    }

    @Override
    public float absMax(float[] w, int from, int n) {
        int bound = I.loopBound(n);
        IntVector largest = IntVector.zero(I);
        for (int i = 0; i < bound; i += I.length()) {
            IntVector bits = FloatVector.fromArray(F, w, from + i).reinterpretAsInts();
            largest = largest.max(bits.and(Integer.MAX_VALUE)); // the order of positive floats is that of their bits
        }
        float tail = scalar.absMax(w, from + bound, n - bound);
        return Float.intBitsToFloat(Math.max(largest.reduceLanes(VectorOperators.MAX), Float.floatToRawIntBits(tail)));
    }

    @Override
    public float minWithZero(float[] w, int from, int n) {
        int bound = F.loopBound(n);
        FloatVector min = FloatVector.zero(F);
        for (int i = 0; i < bound; i += F.length()) {
            min = min.min(FloatVector.fromArray(F, w, from + i));
        }
        return Math.min(min.reduceLanes(VectorOperators.MIN), scalar.minWithZero(w, from + bound, n - bound));
    }

    @Override
    public float maxWithZero(float[] w, int from, int n) {
        int bound = F.loopBound(n);
        FloatVector max = FloatVector.zero(F);
        for (int i = 0; i < bound; i += F.length()) {
            max = max.max(FloatVector.fromArray(F, w, from + i));
        }
        return Math.max(max.reduceLanes(VectorOperators.MAX), scalar.maxWithZero(w, from + bound, n - bound));
    }

    @Override
    public void encode(float[] w, int from, int n, float scale, float zero, int bits, byte[] codes) {
        int half = 1 << (bits - 1);
        int bound = F.loopBound(n);
        for (int i = from; i < from + bound; i += F.length()) {
            FloatVector t = FloatVector.fromArray(F, w, i).div(scale).add(zero);
            IntVector q = t.max(-half).min(half - 1).add(ROUNDER).reinterpretAsInts();
            // the low byte of the rounder's own bits is 0, so that of the sum is the code
            ((ByteVector) q.add(half).convertShape(VectorOperators.I2B, B, 0)).intoArray(codes, i);
        }
        scalar.encode(w, from + bound, n - bound, scale, zero, bits, codes);
    }

    @Override
    public void decode(
            byte[] codes, int from, int n, float scale, float zero, int bits, FloatFormat format, float[] out) {
        float shift = (1 << (bits - 1)) + zero;
        int bound = F.loopBound(n);
        for (int i = from; i < from + bound; i += F.length()) {
            IntVector code =
                    (IntVector) ByteVector.fromArray(B, codes, i).convertShape(VectorOperators.ZERO_EXTEND_B2I, I, 0);
            FloatVector q = ((FloatVector) code.convert(VectorOperators.I2F, 0)).sub(shift);
            FloatVector value = q.mul(scale);
            if (format == FloatFormat.BF16) {
                IntVector wide = value.reinterpretAsInts();
                IntVector even = wide.lanewise(VectorOperators.LSHR, 16).and(1);
                value = wide.add(0x7FFF).add(even).and(0xFFFF0000).reinterpretAsFloats();
            }
            value.intoArray(out, i);
        }
        if (format == FloatFormat.F16) {
            for (int i = from; i < from + bound; i++) {
                out[i] = Float.float16ToFloat(Float.floatToFloat16(out[i]));
            }
        }
        scalar.decode(codes, from + bound, n - bound, scale, zero, bits, format, out);
    }

    @Override
    public void pack4(byte[] codes, int n, byte[] packed) {
        int bound = BYTES.loopBound(n);
        for (int i = 0; i < bound; i += BYTES.length()) {
            LongVector v = ByteVector.fromArray(BYTES, codes, i).reinterpretAsLongs();
            v = v.or(v.lanewise(VectorOperators.LSHR, 4)).and(0x00FF00FF00FF00FFL);
            v = v.or(v.lanewise(VectorOperators.LSHR, 8)).and(0x0000FFFF0000FFFFL);
            v = v.or(v.lanewise(VectorOperators.LSHR, 16));
            IntVector words = (IntVector) v.convertShape(VectorOperators.L2I, HALF, 0);
            words.reinterpretAsBytes().intoArray(packed, i / 2);
        }
        for (int i = bound; i < n; i += 2) {
            packed[i / 2] = (byte) (codes[i] | (codes[i + 1] << 4));
        }
    }

    @Override
    public void unpack4(byte[] packed, int n, byte[] codes) {
        int bound = BYTES.loopBound(n);
        for (int i = 0; i < bound; i += BYTES.length()) {
            IntVector words = ByteVector.fromArray(HALF_BYTES, packed, i / 2).reinterpretAsInts();
            LongVector v = (LongVector) words.convertShape(VectorOperators.ZERO_EXTEND_I2L, L, 0);
            v = v.or(v.lanewise(VectorOperators.LSHL, 16)).and(0x0000FFFF0000FFFFL);
            v = v.or(v.lanewise(VectorOperators.LSHL, 8)).and(0x00FF00FF00FF00FFL);
            v = v.or(v.lanewise(VectorOperators.LSHL, 4)).and(0x0F0F0F0F0F0F0F0FL);
            v.reinterpretAsBytes().intoArray(codes, i);
        }
        for (int i = bound; i < n; i += 2) {
            codes[i] = (byte) (packed[i / 2] & 0xF);
            codes[i + 1] = (byte) ((packed[i / 2] >>> 4) & 0xF);
        }
    }

    @Override
    public double squaredNorm(float[] a, int n) {
        double sum = 0;
        int bound = F.loopBound(n);
        for (int start = 0; start < bound; start += RUN) {
            FloatVector run = FloatVector.zero(F);
            for (int i = start; i < Math.min(bound, start + RUN); i += F.length()) {
                FloatVector v = FloatVector.fromArray(F, a, i);
                run = v.fma(v, run);
            }
            sum += sum(run);
        }
        for (int i = bound; i < n; i++) {
            sum += (double) a[i] * a[i];
        }
        return sum;
    }

    @Override
    public double squaredDistance(float[] a, float[] b, int n) {
        double sum = 0;
        int bound = F.loopBound(n);
        for (int start = 0; start < bound; start += RUN) {
            FloatVector run = FloatVector.zero(F);
            for (int i = start; i < Math.min(bound, start + RUN); i += F.length()) {
                FloatVector d = FloatVector.fromArray(F, a, i).sub(FloatVector.fromArray(F, b, i));
                run = d.fma(d, run);
            }
            sum += sum(run);
        }
        for (int i = bound; i < n; i++) {
            double d = (double) a[i] - b[i];
            sum += d * d;
        }
        return sum;
    }

    /** Lanes in a fixed order: a register's own reduction gives other last bits interpreted than compiled. */
    private static double sum(FloatVector run) {
        double sum = 0;
        for (float lane : run.toArray()) {
            sum += lane;
        }
        return sum;
    }
}
