package dev.steelyard.tensor.train;

import dev.steelyard.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Removes the radial part of an update from weights that look scale invariant: Π_w(u) = u − (ŵ·u)ŵ (Heo et al.,
 * arXiv:2006.08217, equations 8 to 11, with the absolute value that equation 11 lacks by mistake).
 *
 * <p>A scale-invariant weight has a gradient orthogonal to it. Therefore the <em>gradient</em> is tested and the
 * <em>update</em> projected. One row over the threshold sends the whole tensor from the channel view to the layer view.
 *
 * @param delta δ, [0, 1]: a view passes when max |cos(g, w)| < δ/√(row length); 0 never passes
 * @param weightDecayRatio multiplies weight decay where the projection fired, [0, 1]
 * @param epsilon keeps the norms of untrained zero rows from dividing by zero
 */
public record Projection(double delta, double weightDecayRatio, double epsilon) {

    public Projection {
        if (!(delta >= 0 && delta <= 1) || !(weightDecayRatio >= 0 && weightDecayRatio <= 1) || !(epsilon > 0)) {
            throw new IllegalArgumentException(
                    "expected delta and weight decay ratio in [0, 1] and epsilon above 0, found %s, %s, %s"
                            .formatted(delta, weightDecayRatio, epsilon));
        }
    }

    /** δ = 0.1, ratio 0.1, ε = 1e-8. */
    public static Projection defaults() {
        return new Projection(0.1, 0.1, 1e-8);
    }

    /**
     * Moves a weight along a direction, projected if need be: w ← (1 − decay)w − step·Π(u). The view, and ŵ with it, is
     * that of the weight before decay.
     *
     * @param w changed
     * @param g its gradient
     * @param decay full weight decay of this step, times the learning rate
     * @return the view that passed; {@link ProjectionView#NONE} for vectors and scalars
     */
    ProjectionView move(Tensor w, Tensor g, FusedStep fused, double decay, double step) {
        boolean vector = w.dim() < 2;
        if (vector || delta == 0) {
            fused.move((float) (1 - decay), (float) step);
            return ProjectionView.NONE;
        }
        RowSums rows = fused.sums();
        RowSums whole = rows.total();
        ProjectionView view = view(rows, whole, w.size(0), w.numel());
        float keep = (float) (1 - decay * decayRatio(view));
        switch (view) {
            case CHANNEL -> fused.moveAcrossRows(rows.squaredLengths(epsilon), keep, (float) step);
            case LAYER -> fused.moveAcross(whole.squaredLengths(epsilon)[0], keep, (float) step);
            case NONE -> fused.move(keep, (float) step);
        }
        return view;
    }

    /**
     * Projects a direction in place, for tensors of any type and layout.
     *
     * @param w weight, as it was before decay
     * @param g its gradient
     * @param u the direction, changed
     * @return the view that passed; {@link ProjectionView#NONE} for vectors and scalars
     */
    ProjectionView apply(Tensor w, Tensor g, Tensor u) {
        if (w.dim() < 2 || w.numel() == 0) {
            return ProjectionView.NONE;
        }
        Tensor wRows = w.detach().reshape(w.size(0), -1); // [out, rest]
        RowSums rows = RowSums.of(wRows, g.reshape(w.size(0), -1));
        RowSums whole = rows.total();
        ProjectionView view = view(rows, whole, w.size(0), w.numel());
        switch (view) {
            case CHANNEL -> project(w.detach(), u, rows.squaredLengths(epsilon));
            case LAYER -> project(w.detach(), u, whole.squaredLengths(epsilon));
            case NONE -> {}
        }
        return view;
    }

    private ProjectionView view(RowSums rows, RowSums whole, long count, long elements) {
        long columns = elements / count;
        if (rows.largestCosine(epsilon) < delta / Math.sqrt((double) columns)) {
            return ProjectionView.CHANNEL;
        }
        if (whole.largestCosine(epsilon) < delta / Math.sqrt((double) elements)) {
            return ProjectionView.LAYER;
        }
        return ProjectionView.NONE;
    }

    double decayRatio(ProjectionView view) {
        return view == ProjectionView.NONE ? 1 : weightDecayRatio;
    }

    /** u ← u − w · ⟨w, u⟩/(‖w‖ + ε)², for as many equal parts of dimension 0 as there are lengths. */
    private static void project(Tensor w, Tensor u, double[] squaredLengths) {
        int parts = squaredLengths.length;
        double[] radial = RowSums.products(w.reshape(parts, -1), u.reshape(parts, -1));
        for (int i = 0; i < parts; i++) {
            radial[i] /= squaredLengths[i];
        }
        long[] shape = new long[(int) w.dim()];
        Arrays.fill(shape, 1);
        shape[0] = parts;
        Tensor factor = Tensors.of(radial, shape).to(u.scalar_type());
        u.addcmul_(w, factor, new Scalar(-1.0));
    }
}
