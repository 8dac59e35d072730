package dev.steelyard.tensor.kernels;

import java.lang.foreign.MemorySegment;

/** The definition of {@link QuantizeKernels}, one number at a time. */
final class ScalarQuantize implements QuantizeKernels {

    @Override
    public void widen(FloatFormat format, MemorySegment source, long offset, float[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = format.get(source, offset + (long) i * format.bytes());
        }
    }

    @Override
    public float absMax(float[] w, int from, int n) {
        int largest = 0;
        for (int i = from; i < from + n; i++) {
            largest = Math.max(largest, Float.floatToRawIntBits(w[i]) & Integer.MAX_VALUE);
        }
        return Float.intBitsToFloat(largest);
    }

    @Override
    public float minWithZero(float[] w, int from, int n) {
        float min = 0;
        for (int i = from; i < from + n; i++) {
            min = Math.min(min, w[i]);
        }
        return min;
    }

    @Override
    public float maxWithZero(float[] w, int from, int n) {
        float max = 0;
        for (int i = from; i < from + n; i++) {
            max = Math.max(max, w[i]);
        }
        return max;
    }

    @Override
    public void encode(float[] w, int from, int n, float scale, float zero, int bits, byte[] codes) {
        int half = 1 << (bits - 1);
        for (int i = from; i < from + n; i++) {
            double q = Math.rint(w[i] / scale + zero);
            codes[i] = (byte) (Math.clamp(q, -half, half - 1) + half);
        }
    }

    @Override
    public void decode(
            byte[] codes, int from, int n, float scale, float zero, int bits, FloatFormat format, float[] out) {
        float shift = (1 << (bits - 1)) + zero;
        for (int i = from; i < from + n; i++) {
            out[i] = format.round((Byte.toUnsignedInt(codes[i]) - shift) * scale);
        }
    }

    @Override
    public void pack4(byte[] codes, int n, byte[] packed) {
        for (int i = 0; i < n; i += 2) {
            packed[i / 2] = (byte) (codes[i] | (codes[i + 1] << 4));
        }
    }

    @Override
    public void unpack4(byte[] packed, int n, byte[] codes) {
        for (int i = 0; i < n; i += 2) {
            codes[i] = (byte) (packed[i / 2] & 0xF);
            codes[i + 1] = (byte) ((packed[i / 2] >>> 4) & 0xF);
        }
    }

    @Override
    public double squaredNorm(float[] a, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) a[i] * a[i];
        }
        return sum;
    }

    @Override
    public double squaredDistance(float[] a, float[] b, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double d = (double) a[i] - b[i];
            sum += d * d;
        }
        return sum;
    }
}
