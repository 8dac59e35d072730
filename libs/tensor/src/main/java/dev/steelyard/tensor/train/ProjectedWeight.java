package dev.steelyard.tensor.train;

import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.Tensors;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** One matrix that {@link GradNormLoRP} trains, with what it keeps for it. */
final class ProjectedWeight {
    private static final String STEP = "step";
    private static final String MAGNITUDE = "magnitude.";

    final Parameter parameter;
    private final LowRankSettings settings;
    private final double learningRateScale;
    private final Optional<GradientSubspace> subspace;
    private final MomentPair moments;
    private final Optional<MomentPair> magnitude;
    private long step;
    private double captured = Double.NaN;
    private double overlap = Double.NaN;

    ProjectedWeight(Parameter parameter, double learningRateScale, LowRankSettings settings, TensorOwner owner) {
        this.parameter = parameter;
        this.settings = settings;
        this.learningRateScale = learningRateScale;
        ScalarType type = parameter.value().scalar_type().intern();
        long rows = parameter.value().size(0);
        long columns = parameter.value().size(1);
        subspace = settings.rank() < Math.min(rows, columns)
                ? Optional.of(new GradientSubspace(parameter.name(), type, rows, columns, settings, owner))
                : Optional.empty();
        long[] shape = subspace.map(s -> s.shape(rows, columns)).orElse(new long[] {rows, columns});
        moments = GradNormLoRP.moments(settings, owner, type, shape);
        magnitude = settings.normalize() ? Optional.of(new DenseMoments(owner, type, rows, 1)) : Optional.empty();
    }

    /** Share of the gradient's energy that the subspace held in the last step, [0, 1]. */
    double captured() {
        return captured;
    }

    /** How much of the subspace before is in the one chosen last, [0, 1]; NaN before the second choice. */
    double overlap() {
        return overlap;
    }

    void update(Tensor g, double learningRate) {
        step++;
        double lr = learningRate * learningRateScale;
        Tensor w = parameter.value();
        double correction = settings.correction(step);
        Tensor next;
        if (magnitude.isPresent()) {
            RowSplit split = RowSplit.of(w, g);
            Tensor turn = direction(split.gV()).mul_(new Scalar(lr * settings.scale() * correction));
            Tensor less = magnitude.get().direction(split.gMu(), settings.moments());
            next = split.joined(w.sub(turn), less.mul_(new Scalar(lr * correction)));
        } else {
            next = w.sub(direction(g).mul_(new Scalar(lr * settings.scale() * correction)));
        }
        w.copy_(next.mul_(new Scalar(1 - lr * settings.weightDecay())));
    }

    private Tensor direction(Tensor gV) {
        double energy = squares(gV);
        if (!Double.isFinite(energy)) {
            throw new IllegalArgumentException(parameter.name() + ": its gradient is not finite");
        }
        if (subspace.isEmpty()) {
            captured = 1;
            return moments.direction(gV, settings.moments());
        }
        GradientSubspace space = subspace.get();
        if ((step - 1) % settings.refresh() == 0) {
            carry(space, space.refresh(gV));
        }
        Tensor r = space.project(gV);
        captured = energy == 0 ? 1 : squares(r) / energy;
        return space.back(moments.direction(r, settings.moments()));
    }

    private static double squares(Tensor x) {
        double norm = x.norm().item_double();
        return norm * norm;
    }

    private void carry(GradientSubspace space, Tensor turn) {
        if (step == 1) {
            return;
        }
        overlap = turn.square().sum().item_double() / settings.rank();
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
    }

    int restore(Map<String, Tensor> state) {
        String prefix = parameter.name() + ".";
        int taken = moments.restore(prefix, state);
        taken += magnitude.map(m -> m.restore(prefix + MAGNITUDE, state)).orElse(0);
        taken += subspace.map(s -> s.restore(prefix, state)).orElse(0);
        step = Tensors.toLongs(Slot.entry(state, prefix + STEP))[0];
        return taken + 1;
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

    /** Projector in single precision, where there is one. */
    Optional<Tensor> projector() {
        return subspace.map(GradientSubspace::projector);
    }

    long elements() {
        return Shapes.count(Shapes.of(parameter.value()));
    }
}
