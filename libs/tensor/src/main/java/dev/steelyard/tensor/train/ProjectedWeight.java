package dev.steelyard.tensor.train;

import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** One matrix that {@link GradNormLoRP} trains, with what it keeps for it. */
final class ProjectedWeight {
    private static final String STEP = "step";
    private static final String MAGNITUDE = "magnitude.";
    private static final String WATCHED = "watched";

    final Parameter parameter;
    private final LowRankSettings settings;
    private final Optional<GradientSubspace> subspace;
    private final MomentPair moments;
    private final Optional<MomentPair> magnitude;
    private Optional<Folded> folded = Optional.empty();
    private long step;
    private double captured = Double.NaN;
    private double overlap = Double.NaN;

    /**
     * A gradient as far as it is needed.
     *
     * @param gMu g_μ [out, 1]; zeros where norms are not trained apart
     * @param r G_V, or G, in the subspace
     * @param energy ‖G_V‖²
     */
    private record Low(Tensor gMu, Tensor r, double energy) {}

    /** The sum of several, alive until the next update. */
    private static final class Folded implements AutoCloseable {
        final TensorOwner owner = new TensorOwner();
        final Tensor gMu;
        final Tensor r;

        Folded(Low first) {
            gMu = owner.own(first.gMu.clone());
            r = owner.own(first.r.clone());
        }

        void add(Low next) {
            gMu.add_(next.gMu);
            r.add_(next.r);
        }

        @Override
        public void close() {
            owner.close();
        }
    }

    ProjectedWeight(Parameter parameter, LowRankSettings settings, RandomTensors random, TensorOwner owner) {
        this.parameter = parameter;
        this.settings = settings;
        ScalarType type = parameter.value().scalar_type().intern();
        long rows = parameter.value().size(0);
        long columns = parameter.value().size(1);
        subspace = settings.rank() < Math.min(rows, columns)
                ? Optional.of(new GradientSubspace(parameter, settings, random, owner))
                : Optional.empty();
        long[] shape = subspace.map(s -> s.shape(rows, columns)).orElse(new long[] {rows, columns});
        moments = GradNormLoRP.moments(settings, owner, type, shape);
        magnitude = settings.normalize() ? Optional.of(new DenseMoments(owner, type, rows, 1)) : Optional.empty();
    }

    /**
     * Share of the gradient's energy that the subspace held in the last step whose whole gradient was there, [0, 1]; NaN
     * before the first. A step with folded gradients knows its batches' energies, but not that of their mean.
     */
    double captured() {
        return captured;
    }

    /** How much of the subspace before is in the one chosen last, [0, 1]; NaN before the second choice. */
    double overlap() {
        return overlap;
    }

    /** Whether the next update needs the gradient as it is, and not its projection alone. */
    boolean needsWhole() {
        return subspace.isEmpty() || choosesNext();
    }

    /** Whether the next update chooses the subspace anew. */
    boolean choosesNext() {
        return subspace.isPresent() && step % settings.refresh() == 0;
    }

    /** Takes in a part of the next update's gradient, which is not needed any more then. */
    void fold(Tensor g) {
        Low low = low(split(g), subspace.orElseThrow());
        folded.ifPresentOrElse(sum -> sum.add(low), () -> folded = Optional.of(new Folded(low)));
    }

    /** Whether there is something to update with. */
    boolean hasGradient() {
        return folded.isPresent() || parameter.value().grad().defined();
    }

    void update(double lr) {
        Tensor g = parameter.value().grad();
        if (g.defined() && folded.isPresent()) {
            fold(g);
        }
        step++;
        Tensor n;
        Tensor gMu;
        if (folded.isPresent()) {
            try (Folded sum = folded.get()) {
                n = subspace.orElseThrow().back(moments.direction(sum.r, settings.moments()));
                gMu = sum.gMu.clone();
            }
            folded = Optional.empty();
        } else {
            RowSplit split = split(g);
            n = direction(split);
            gMu = split.gMu();
        }
        move(n, gMu, lr);
    }

    private RowSplit split(Tensor g) {
        return magnitude.isPresent()
                ? RowSplit.of(parameter.value(), g)
                : new RowSplit(torch.zeros(g.size(0), 1).to(g.scalar_type()), g);
    }

    private Low low(RowSplit split, GradientSubspace space) {
        return new Low(split.gMu(), space.project(split.gV()), requireFinite(split));
    }

    /** @return ‖G_V‖² */
    private double requireFinite(RowSplit split) {
        double energy = squares(split.gV());
        if (!Double.isFinite(energy)) {
            throw GradNormLoRP.notFinite(parameter);
        }
        return energy;
    }

    private Tensor direction(RowSplit split) {
        if (subspace.isEmpty()) {
            var _ = requireFinite(split);
            captured = 1;
            return moments.direction(split.gV(), settings.moments());
        }
        GradientSubspace space = subspace.get();
        if ((step - 1) % settings.refresh() == 0) {
            var _ = requireFinite(split);
            carry(space, space.refresh(split.gV()));
        }
        Low low = low(split, space);
        captured = share(squares(low.r), low.energy);
        return space.back(moments.direction(low.r, settings.moments()));
    }

    private void move(Tensor n, Tensor gMu, double lr) {
        Tensor w = parameter.value();
        double correction = settings.correction(momentsAge());
        Tensor next = w.sub(n.mul_(new Scalar(lr * settings.scale() * correction)));
        if (magnitude.isPresent()) {
            MomentPair ofNorms = magnitude.get();
            Tensor less = ofNorms.direction(gMu, settings.moments()).mul_(new Scalar(lr * settings.correction(step)));
            Tensor mu = RowSplit.norms(w).sub(less);
            next = RowSplit.joined(w, next, mu);
            turn(ofNorms, mu);
        }
        w.copy_(next.mul_(new Scalar(1 - lr * settings.weightDecay())));
    }

    /**
     * A row whose μ went below 0 points the other way from now on, and its norm is −μ: what was a fall of the one is a rise
     * of the other. Without this the mean gradient would drive the norm back through 0 at once, and so on.
     */
    private static void turn(MomentPair ofNorms, Tensor mu) {
        Tensor sign = torch.ones_like(mu).masked_fill_(mu.lt(new Scalar(0)), new Scalar(-1));
        ofNorms.first(ofNorms.first().mul(sign));
    }

    /** Steps that the direction's moments are means of. */
    private long momentsAge() {
        boolean cleared = subspace.isPresent() && settings.carried() == LowRankSettings.Carried.RESET;
        return cleared ? (step - 1) % settings.refresh() + 1 : step;
    }

    private static double share(double held, double energy) {
        return energy == 0 ? 1 : held / energy;
    }

    private static double squares(Tensor x) {
        try (var _ = TensorScope.open()) {
            double norm = x.norm().item_double();
            return norm * norm;
        }
    }

    private void carry(GradientSubspace space, Tensor turn) {
        if (step == 1) {
            return;
        }
        overlap = squares(turn) / settings.rank();
        switch (settings.carried()) {
            case KEEP -> {}
            case RESET -> moments.clear();
            case ROTATE -> moments.first(space.rotated(moments.first(), turn));
        }
    }

    void save(Map<String, Tensor> into) {
        String prefix = parameter.name() + ".";
        moments.save(prefix, into);
        magnitude.ifPresent(m -> m.save(prefix + MAGNITUDE, into));
        subspace.ifPresent(s -> s.save(prefix, into));
        into.put(prefix + STEP, Tensors.of(new long[] {step}));
        into.put(prefix + WATCHED, Tensors.of(new double[] {captured, overlap}, 2));
    }

    int restore(Map<String, Tensor> state) {
        String prefix = parameter.name() + ".";
        int taken = moments.restore(prefix, state);
        taken += magnitude.map(m -> m.restore(prefix + MAGNITUDE, state)).orElse(0);
        taken += subspace.map(s -> s.restore(prefix, state)).orElse(0);
        step = Tensors.toLongs(Slot.entry(state, prefix + STEP))[0];
        double[] watched = Tensors.toDoubles(Slot.entry(state, prefix + WATCHED, 2));
        captured = watched[0];
        overlap = watched[1];
        return taken + 2;
    }

    long momentBytes() {
        return moments.bytes();
    }

    long magnitudeBytes() {
        return magnitude.map(MomentPair::bytes).orElse(0L);
    }

    long projectorBytes() {
        return subspace.map(GradientSubspace::bytes).orElse(0L);
    }

    /** Projector in the weight's type, where there is one. */
    Optional<Tensor> projector() {
        return subspace.map(GradientSubspace::projector);
    }

    long elements() {
        return Shapes.count(Shapes.of(parameter.value()));
    }

    /** Drops gradients, folded ones too. */
    void clearGradient() {
        folded.ifPresent(Folded::close);
        folded = Optional.empty();
        parameter.value().mutable_grad().reset();
    }
}
