package dev.steelyard.tensor.train;

import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The r leading singular vectors of a gradient [m, n], on its shorter side: right ones Q [r, n] where m ≥ n, left ones
 * P [m, r] otherwise (GaLore, Zhao et al., arXiv:2403.03507, section 4). Each vector's largest entry is positive.
 */
final class GradientSubspace {
    private static final String PROJECTOR = "projector";
    private static final double JITTER = 1e-9;

    private final String name;
    private final boolean right;
    private final long rank;
    private final ScalarType type;
    private final Tensor projector; // [r, n] or [m, r], of that type or BFloat16

    GradientSubspace(
            String name, ScalarType type, long rows, long columns, LowRankSettings settings, TensorOwner owner) {
        this.name = name;
        this.right = rows >= columns;
        this.rank = settings.rank();
        this.type = type;
        try (var _ = TensorScope.open()) {
            Tensor zeros = right ? torch.zeros(rank, columns) : torch.zeros(rows, rank);
            projector = owner.own(zeros.to(settings.halfProjector() ? ScalarType.BFloat16 : type));
        }
    }

    /** Shape of a projected gradient. */
    long[] shape(long rows, long columns) {
        return right ? new long[] {rows, rank} : new long[] {rank, columns};
    }

    /**
     * Chooses the subspace of a gradient.
     *
     * @return what turns first moments of the old subspace into those of the new one, [r, r]
     * @throws IllegalArgumentException naming the weight whose gradient cannot be decomposed
     */
    Tensor refresh(Tensor g) {
        Tensor old = projector();
        var factors = decompose(g);
        Tensor vectors = right
                ? factors.get2().narrow(0, 0, rank)
                : factors.get0().narrow(1, 0, rank).t(); // [r, side]
        Tensor largest = vectors.gather(1, vectors.abs().argmax(new LongOptional(1), true));
        Tensor signed = torch.mul(vectors, largest.sign()); // [r, side]
        projector.copy_(right ? signed : signed.t());
        return right ? torch.mm(old, signed.t()) : torch.mm(signed, old);
    }

    private T_TensorTensorTensor_T decompose(Tensor g) {
        try {
            return torch.linalg_svd(g, false, new StringViewOptional());
        } catch (RuntimeException e) {
            try {
                Tensor ramp = torch.arange(new Scalar(g.numel())).to(type).view_as(g);
                return torch.linalg_svd(g.add(ramp.sin_().mul_(new Scalar(JITTER))), false, new StringViewOptional());
            } catch (RuntimeException again) {
                throw new IllegalArgumentException(name + ": its gradient has no singular value decomposition", again);
            }
        }
    }

    /** R = G Qᵀ or PᵀG. */
    Tensor project(Tensor g) {
        return right ? torch.mm(g, projector().t()) : torch.mm(projector().t(), g);
    }

    /** R Q or P R. */
    Tensor back(Tensor r) {
        return right ? torch.mm(r, projector()) : torch.mm(projector(), r);
    }

    /** First moments in the new subspace. */
    Tensor rotated(Tensor moments, Tensor turn) {
        return right ? torch.mm(moments, turn) : torch.mm(turn, moments);
    }

    /** In the weight's type: [r, n] or [m, r]; orthonormal rows or columns. */
    Tensor projector() {
        return projector.to(type, false, true, null);
    }

    void save(String prefix, Map<String, Tensor> into) {
        into.put(prefix + PROJECTOR, projector);
    }

    int restore(String prefix, Map<String, Tensor> state) {
        projector.copy_(Slot.entry(state, prefix + PROJECTOR, Shapes.of(projector)));
        return 1;
    }

    long bytes() {
        return projector.nbytes();
    }
}
