package dev.steelyard.tensor.train;

import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.linalg.SingularVectors;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The r leading singular vectors of a gradient [m, n], on its shorter side: right ones Q [r, n] where m ≥ n, left ones
 * P [m, r] otherwise (GaLore, Zhao et al., arXiv:2403.03507, section 4).
 */
final class GradientSubspace {
    private static final String PROJECTOR = "projector";
    private static final String SIDE = "side";
    private static final double JITTER = 1e-9;

    private final String name;
    private final boolean right;
    private final long rank;
    private final boolean randomized;
    private final RandomTensors random;
    private final ScalarType type;
    private final Tensor projector; // [r, n] or [m, r], of that type or BFloat16

    GradientSubspace(Parameter weight, LowRankSettings settings, RandomTensors random, TensorOwner owner) {
        long rows = weight.value().size(0);
        long columns = weight.value().size(1);
        this.name = weight.name();
        this.right = rows >= columns;
        this.rank = settings.rank();
        this.randomized = settings.randomized();
        this.random = random;
        this.type = weight.value().scalar_type().intern();
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
     * @throws UnfitGradientException naming the weight whose gradient cannot be decomposed
     */
    Tensor refresh(Tensor g) {
        Tensor old = projector();
        Tensor vectors = vectors(g); // [r, side]
        projector.copy_(right ? vectors : vectors.t());
        return right ? torch.mm(old, vectors.t()) : torch.mm(vectors, old);
    }

    private Tensor vectors(Tensor g) {
        try {
            return leading(g);
        } catch (RuntimeException e) {
            try {
                Tensor ramp = torch.arange(new Scalar(g.numel())).to(type).view_as(g);
                return leading(g.add(ramp.sin_().mul_(new Scalar(JITTER))));
            } catch (RuntimeException again) {
                throw new UnfitGradientException(name + ": its gradient has no singular value decomposition", again);
            }
        }
    }

    private Tensor leading(Tensor g) {
        return randomized ? SingularVectors.randomized(g, right, rank, random) : SingularVectors.exact(g, right, rank);
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
        into.put(prefix + SIDE, side());
    }

    /** 1 where vectors are right ones, 0 where they are left ones. */
    private Tensor side() {
        return Tensors.of(new long[] {right ? 1 : 0}).to(ScalarType.Byte);
    }

    int restore(String prefix, Map<String, Tensor> state) {
        projector.copy_(Slot.entry(state, prefix + PROJECTOR, Shapes.of(projector)));
        if (!Slot.entry(state, prefix + SIDE).eq(side()).all().item_bool()) {
            throw new IllegalArgumentException(name + ": its projector is on the other side");
        }
        return 2;
    }

    long bytes() {
        return projector.nbytes();
    }
}
