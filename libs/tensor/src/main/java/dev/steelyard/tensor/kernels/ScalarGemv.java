package dev.steelyard.tensor.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The definition of {@link GemvKernels}, summed in double precision. */
final class ScalarGemv implements GemvKernels {

    @Override
    public Activations activations(int bits, float[] x) {
        return new Activations(bits, x, x);
    }

    @Override
    public void multiply(PackedMatrix w, Activations x, float[] y, int from, int to) {
        GemvKernels.requireFit(w, x, y, from, to);
        for (int r = from; r < to; r++) {
            y[r] = (float) dot(w, x.x(), r, 0);
        }
    }

    /** Row r times x, from a column on that begins a byte. */
    static double dot(PackedMatrix w, float[] x, int r, int firstColumn) {
        long row = r * w.rowBytes();
        long scales = (long) r * w.groups() * Float.BYTES;
        int half = 1 << (w.bits() - 1);
        double sum = 0;
        for (int c = firstColumn; c < w.cols(); c++) {
            float s = w.scales().get(FloatFormat.FLOAT, scales + (long) c / w.group() * Float.BYTES);
            sum += (code(w.codes(), row, c, w.bits()) - half) * (double) s * x[c];
        }
        return sum;
    }

    private static int code(MemorySegment codes, long row, int c, int bits) {
        if (bits == 8) {
            return codes.get(ValueLayout.JAVA_BYTE, row + c) & 0xFF;
        }
        return (codes.get(ValueLayout.JAVA_BYTE, row + c / 2) >>> ((c & 1) * 4)) & 0xF;
    }
}
