package dev.steelyard.tensor.train;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Trains whole matrices with the optimizer state of a small adapter: the norm of each row apart from its direction, the
 * direction's gradient projected to few dimensions, moments in 8 bits (Huang et al., "Gradient Weight-normalized Low-rank
 * Projection for Efficient LLM Training", arXiv:2412.19616; the projection is that of GaLore, arXiv:2403.03507).
 *
 * <pre>
 * μ = row norms of W, V̂ = W/μ          g_μ = Σ_row G∘V̂          G_V = G − g_μ∘V̂
 * every T steps: P or Q = r leading singular vectors of G_V
 * R = G_V Qᵀ or PᵀG_V                    N = m/(√v + ε)·√(1−β₂ᵗ)/(1−β₁ᵗ) of R
 * μ' = μ − η·Adam(g_μ)                   W' = W − ηα·(N Q or P N)          W = μ'∘W'/row norms of W'
 * </pre>
 *
 * Weight decay multiplies W by 1 − ηλ after that. All other parameters are trained with AdamW, whose moments are in 8 bits
 * too where a tensor has 4,096 elements or more.
 */
public final class GradNormLoRP implements Optimizer {
    private static final long LEAST_EIGHT_BIT = 4096;
    private static final String STEP = "step";
    private static final String SETTINGS = "settings";

    private final TensorOwner owner = new TensorOwner();
    private final LowRankSettings settings;
    private final List<ProjectedWeight> projected = new ArrayList<>();
    private final List<Rest> rest = new ArrayList<>();

    /** A parameter trained with AdamW. */
    private static final class Rest {
        final Parameter parameter;
        final ParameterGroup group;
        final MomentPair moments;
        long step;

        Rest(Parameter parameter, ParameterGroup group, LowRankSettings settings, TensorOwner owner) {
            this.parameter = parameter;
            this.group = group;
            this.moments =
                    moments(settings, owner, parameter.value().scalar_type().intern(), Shapes.of(parameter.value()));
        }
    }

    /**
     * @param targets matrices [out, in] of single or double precision, to project
     * @param others trained with AdamW
     * @param random gives the test vectors of randomized decompositions; its state belongs to the run's
     */
    public GradNormLoRP(
            List<Parameter> targets, List<ParameterGroup> others, LowRankSettings settings, RandomTensors random) {
        this.settings = settings;
        Set<String> names = new HashSet<>();
        for (Parameter target : targets) {
            requireNew(names, target);
            if (target.value().dim() != 2) {
                throw new IllegalArgumentException(target.name() + ": expected a matrix, found "
                        + target.value().dim() + " dimensions");
            }
            projected.add(new ProjectedWeight(target, settings, random, owner));
        }
        for (ParameterGroup group : others) {
            for (Parameter parameter : group.parameters()) {
                requireNew(names, parameter);
                rest.add(new Rest(parameter, group, settings, owner));
            }
        }
    }

    private static void requireNew(Set<String> names, Parameter parameter) {
        if (!names.add(parameter.name())) {
            throw new IllegalArgumentException(parameter.name() + " is there twice");
        }
    }

    static UnfitGradientException notFinite(Parameter parameter) {
        return new UnfitGradientException(parameter.name() + ": its gradient is not finite");
    }

    static MomentPair moments(LowRankSettings settings, TensorOwner owner, ScalarType type, long... shape) {
        return settings.stateBits() == 8 && Shapes.count(shape) >= LEAST_EIGHT_BIT
                ? new EightBitMoments(owner, shape)
                : new DenseMoments(owner, type, shape);
    }

    @Override
    public void step(double learningRate) {
        if (!(learningRate >= 0)) {
            throw new IllegalArgumentException("learning rate: expected 0 or more, found " + learningRate);
        }
        try (var _ = NoGrad.begin()) {
            for (ProjectedWeight weight : projected) {
                try (var _ = TensorScope.open()) {
                    if (weight.hasGradient()) {
                        weight.update(learningRate);
                    }
                }
            }
            for (Rest other : rest) {
                try (var _ = TensorScope.open()) {
                    Tensor g = other.parameter.value().grad();
                    if (g.defined()) {
                        update(other, g, learningRate * other.group.learningRateScale());
                    }
                }
            }
        }
    }

    /**
     * {@inheritDoc} Between two choices of their subspace targets take row norms' and projected gradients.
     */
    @Override
    public void fold() {
        try (var _ = NoGrad.begin()) {
            for (ProjectedWeight weight : projected) {
                try (var _ = TensorScope.open()) {
                    Tensor g = weight.parameter.value().grad();
                    if (g.defined() && !weight.needsWhole()) {
                        weight.fold(g);
                        weight.parameter.value().mutable_grad().reset();
                    }
                }
            }
        }
    }

    /** Whether the next step chooses subspaces. */
    public boolean choosesNext() {
        return projected.stream().anyMatch(ProjectedWeight::choosesNext);
    }

    private void update(Rest other, Tensor g, double lr) {
        if (!Double.isFinite(g.norm().item_double())) {
            throw notFinite(other.parameter);
        }
        other.step++;
        Tensor direction = other.moments.direction(g, settings.moments());
        other.parameter
                .value()
                .mul_(new Scalar(1 - lr * other.group.weightDecay()))
                .add_(direction, new Scalar(-lr * settings.correction(other.step)));
    }

    @Override
    public void clearGradients() {
        try (var _ = TensorScope.open()) {
            projected.forEach(ProjectedWeight::clearGradient);
            rest.forEach(other -> other.parameter.value().mutable_grad().reset());
        }
    }

    /**
     * Share of the gradient's energy that each target's subspace held, by name: in the last step, or where gradients are
     * {@linkplain #fold folded} in the last that chose a subspace.
     */
    public SequencedMap<String, Double> captured() {
        SequencedMap<String, Double> shares = new LinkedHashMap<>();
        projected.forEach(weight -> shares.put(weight.parameter.name(), weight.captured()));
        return shares;
    }

    /** How much of each target's subspace before the last choice is in the one chosen, by name. */
    public SequencedMap<String, Double> overlaps() {
        SequencedMap<String, Double> shares = new LinkedHashMap<>();
        projected.forEach(weight -> shares.put(weight.parameter.name(), weight.overlap()));
        return shares;
    }

    /** The target's projector in the weight's type: [r, in] where out ≥ in, else [out, r]; empty where none is needed. */
    public Optional<Tensor> projector(String name) {
        return projected.stream()
                .filter(weight -> weight.parameter.name().equals(name))
                .findFirst()
                .flatMap(ProjectedWeight::projector);
    }

    /**
     * Bytes kept.
     *
     * @param moments of the targets
     * @param projectors of the targets
     * @param magnitudes moments of the targets' row norms
     * @param rest moments of all other parameters
     * @param targetElements elements of the targets
     */
    public record Ledger(long moments, long projectors, long magnitudes, long rest, long targetElements) {
        /** Of the targets. */
        public long targets() {
            return moments + projectors + magnitudes;
        }
    }

    /** What is kept, by kind. */
    public Ledger ledger() {
        return new Ledger(
                projected.stream().mapToLong(ProjectedWeight::momentBytes).sum(),
                projected.stream().mapToLong(ProjectedWeight::projectorBytes).sum(),
                projected.stream().mapToLong(ProjectedWeight::magnitudeBytes).sum(),
                rest.stream().mapToLong(other -> other.moments.bytes()).sum(),
                projected.stream().mapToLong(ProjectedWeight::elements).sum());
    }

    @Override
    public long stateBytes() {
        Ledger ledger = ledger();
        return ledger.targets() + ledger.rest();
    }

    @Override
    public SequencedMap<String, Tensor> state() {
        SequencedMap<String, Tensor> state = new LinkedHashMap<>();
        state.put(SETTINGS, savedSettings());
        projected.forEach(weight -> weight.save(state));
        for (Rest other : rest) {
            String prefix = other.parameter.name() + ".";
            other.moments.save(prefix, state);
            state.put(prefix + STEP, Tensors.of(new long[] {other.step}));
        }
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            requireSame(Tensors.toLongs(Slot.entry(state, SETTINGS, 2)));
            int taken = 1
                    + projected.stream()
                            .mapToInt(weight -> weight.restore(state))
                            .sum();
            for (Rest other : rest) {
                String prefix = other.parameter.name() + ".";
                taken += other.moments.restore(prefix, state) + 1;
                other.step = Tensors.toLongs(Slot.entry(state, prefix + STEP))[0];
            }
            if (taken != state.size()) {
                throw new IllegalArgumentException(
                        "optimizer state has %d entries, its parameters need %d".formatted(state.size(), taken));
            }
        }
    }

    private Tensor savedSettings() {
        return Tensors.of(new long[] {settings.rank(), settings.refresh()}, 2);
    }

    private void requireSame(long[] saved) {
        if (saved[0] != settings.rank() || saved[1] != settings.refresh()) {
            throw new IllegalArgumentException(
                    "the state is of rank %d with a new subspace every %d steps; expected rank %d and %d steps"
                            .formatted(saved[0], saved[1], settings.rank(), settings.refresh()));
        }
    }

    @Override
    public void close() {
        owner.close();
    }
}
