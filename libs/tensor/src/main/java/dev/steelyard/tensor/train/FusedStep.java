package dev.steelyard.tensor.train;

import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.Shares;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.kernels.Kernels;
import java.lang.foreign.MemorySegment;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * One tensor's update in a single pass over its memory, where libtorch would make ten; in single precision only. Rows, or
 * tiles where rows do not matter, are shared out among as many threads as libtorch may use; no sum crosses a row before
 * it is a double, so that the result does not depend on their number.
 */
final class FusedStep {
    /** Floats that stay in the first cache together with moments and gradient. */
    private static final int TILE = 1024;

    private final MemorySegment w;
    private final MemorySegment g;
    private final Direction direction;
    private final int rows;
    private final int columns;
    private final long elements;

    private FusedStep(Tensor w, Tensor g, Direction direction) {
        this.w = Tensors.segment(w);
        this.g = Tensors.segment(g);
        this.direction = direction;
        long[] shape = Shapes.of(w);
        this.elements = Shapes.count(shape);
        this.rows = shape.length < 2 ? 1 : (int) shape[0];
        this.columns = (int) (elements / rows);
    }

    static FusedStep of(Tensor w, Tensor g, Direction direction) {
        return new FusedStep(w, g, direction);
    }

    /** Whether the update can be fused: single precision, row after row, and vectors in this JVM. */
    static boolean fits(Tensor w, Tensor g) {
        return Kernels.best().vectorized()
                && w.scalar_type().intern() == ScalarType.Float
                && g.scalar_type().intern() == ScalarType.Float
                && w.is_contiguous()
                && g.is_contiguous()
                && w.numel() > 0
                && w.numel() / (w.dim() < 2 ? 1 : w.size(0)) <= Integer.MAX_VALUE / 2;
    }

    /** Σ g∘w, Σ g² and Σ w² of each row. */
    RowSums sums() {
        double[] gw = new double[rows];
        double[] gg = new double[rows];
        double[] ww = new double[rows];
        Shares.of(rows, elements, (from, to) -> {
            for (int row = from; row < to; row++) {
                gw[row] = FloatRows.dot(g, w, offset(row), columns);
                gg[row] = FloatRows.dot(g, g, offset(row), columns);
                ww[row] = FloatRows.dot(w, w, offset(row), columns);
            }
        });
        return RowSums.of(gw, gg, ww);
    }

    /** w ← keep·w − step·u. */
    void move(float keep, float step) {
        Shares.of(Math.toIntExact(Math.ceilDiv(elements, TILE)), elements, (from, to) -> {
            float[] u = new float[TILE];
            for (int tile = from; tile < to; tile++) {
                long first = (long) tile * TILE;
                int n = (int) Math.min(TILE, elements - first);
                direction.advance(first * Float.BYTES, n);
                direction.read(first * Float.BYTES, n, u);
                FloatRows.move(w, u, first * Float.BYTES, n, keep, step);
            }
        });
    }

    /** The same with u made orthogonal to each row of w before: u − w·⟨w, u⟩ / length². */
    void moveAcrossRows(double[] squaredLengths, float keep, float step) {
        Shares.of(rows, elements, (from, to) -> {
            float[] u = new float[columns];
            for (int row = from; row < to; row++) {
                long at = offset(row);
                direction.advance(at, columns);
                direction.read(at, columns, u);
                double radial = FloatRows.dot(w, u, at, columns) / squaredLengths[row];
                project(at, u, radial, keep, step);
            }
        });
    }

    /** The same with u made orthogonal to w as a whole. */
    void moveAcross(double squaredLength, float keep, float step) {
        double[] products = new double[rows];
        Shares.of(rows, elements, (from, to) -> {
            float[] u = new float[columns];
            for (int row = from; row < to; row++) {
                direction.advance(offset(row), columns);
                direction.read(offset(row), columns, u);
                products[row] = FloatRows.dot(w, u, offset(row), columns);
            }
        });
        double radial = RowSums.sum(products) / squaredLength;
        Shares.of(rows, elements, (from, to) -> {
            float[] u = new float[columns];
            for (int row = from; row < to; row++) {
                direction.read(offset(row), columns, u);
                project(offset(row), u, radial, keep, step);
            }
        });
    }

    private void project(long at, float[] u, double radial, float keep, float step) {
        FloatRows.subtract(u, w, at, columns, (float) radial);
        direction.projected(at, columns, u);
        FloatRows.move(w, u, at, columns, keep, step);
    }

    private long offset(int row) {
        return (long) row * columns * Float.BYTES;
    }
}
