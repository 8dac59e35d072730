package dev.steelyard.incremental.gacil;

import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The paper's recursion (arXiv:2403.15706, eq. 9 and 10), for streams that need W after every small batch: with
 * K = I + HRHᵀ = LLᵀ and Z = L⁻¹HR,
 *
 * <pre>R ← R − ZᵀZ,  W ← W + RHᵀ(Y − HW) with the new R.</pre>
 *
 * <p>Batches are cut to {@value #MOST_ROWS} rows, since K loses digits with its size, and K is factored instead of
 * inverted. Costs three times as much as {@link AnalyticState} for each sample.
 */
final class Recursion implements AutoCloseable {
    private static final int MOST_ROWS = 64;

    private final TensorOwner owner = new TensorOwner();
    private final int expansion;
    private final Tensor inverse;
    private TensorOwner weightOwner = new TensorOwner();
    private Tensor weight;

    Recursion(int expansion, int classes, double gamma) {
        this.expansion = expansion;
        try (var _ = TensorScope.open()) {
            inverse = owner.own(
                    torch.eye(expansion, Tensors.options(ScalarType.Double)).div_(new Scalar(gamma)));
            weight = weightOwner.own(zeros(classes));
        }
    }

    private Tensor zeros(long classes) {
        return torch.zeros(new long[] {expansion, classes}, Tensors.options(ScalarType.Double));
    }

    /** R [M, M]; the live tensor. */
    Tensor inverse() {
        return inverse;
    }

    /** W [M, C]; the live tensor. */
    Tensor weight() {
        return weight;
    }

    /** Makes room for more classes, whose target was 0 so far. */
    void widen(int classes) {
        if (classes <= weight.size(1)) {
            return;
        }
        TensorOwner wider = new TensorOwner();
        try (var _ = TensorScope.open()) {
            Tensor grown = wider.own(zeros(classes));
            grown.narrow(1, 0, weight.size(1)).copy_(weight);
            weight = grown;
        }
        weightOwner.close();
        weightOwner = wider;
    }

    /**
     * Learns a batch.
     *
     * @param h [n, M], Double
     * @param y one-hot [n, C], Double
     */
    void learn(Tensor h, Tensor y) {
        Shapes.require("h", h, Shapes.ANY, expansion);
        Shapes.require("y", y, h.size(0), weight.size(1));
        for (long from = 0; from < h.size(0); from += MOST_ROWS) {
            long rows = Math.min(MOST_ROWS, h.size(0) - from);
            try (var _ = TensorScope.open()) {
                step(h.narrow(0, from, rows), y.narrow(0, from, rows));
            }
        }
    }

    private void step(Tensor h, Tensor y) {
        Tensor hr = h.mm(inverse);
        Tensor k = hr.mm(h.t()).add_(torch.eye(h.size(0), Tensors.options(ScalarType.Double)));
        Tensor z = torch.linalg_solve_triangular(torch.linalg_cholesky(k), hr, false);
        inverse.sub_(z.t().mm(z));
        weight.add_(inverse.mm(h.t().mm(y.sub(h.mm(weight)))));
    }

    @Override
    public void close() {
        owner.close();
        weightOwner.close();
    }
}
