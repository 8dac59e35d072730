package dev.steelyard.tensor.train;

import dev.steelyard.tensor.Tensors;
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
     * Projects in place.
     *
     * @param w weight, as it was before decay
     * @param g its gradient
     * @param u the update, changed
     * @return the view that passed; {@link ProjectionView#NONE} for vectors and scalars
     */
    ProjectionView apply(Tensor w, Tensor g, Tensor u) {
        if (w.dim() < 2 || w.numel() == 0) {
            return ProjectionView.NONE;
        }
        Tensor wRows = w.detach().reshape(w.size(0), -1); // [out, rest]
        Tensor gRows = g.reshape(w.size(0), -1); // [out, rest]
        Tensor uRows = u.view(w.size(0), -1); // [out, rest]
        RowSums sums = RowSums.of(wRows, gRows);
        long row = wRows.size(1);
        if (sums.largestCosine(epsilon) < delta / Math.sqrt((double) row)) {
            project(wRows, uRows, sums.weightSquares());
            return ProjectionView.CHANNEL;
        }
        RowSums whole = sums.total();
        if (whole.largestCosine(epsilon) < delta / Math.sqrt((double) w.numel())) {
            project(wRows.reshape(1, -1), uRows.view(1, -1), whole.weightSquares());
            return ProjectionView.LAYER;
        }
        return ProjectionView.NONE;
    }

    double decayRatio(ProjectionView view) {
        return view == ProjectionView.NONE ? 1 : weightDecayRatio;
    }

    /** u ← u − w · ⟨w, u⟩/(‖w‖ + ε)², row by row. */
    private void project(Tensor w, Tensor u, double[] ww) {
        double[] radial = RowSums.products(w, u);
        for (int i = 0; i < radial.length; i++) {
            double norm = Math.sqrt(ww[i]) + epsilon;
            radial[i] /= norm * norm;
        }
        Tensor factor = Tensors.of(radial, radial.length, 1).to(u.scalar_type());
        u.addcmul_(w, factor, new Scalar(-1.0));
    }
}
