package dev.steelyard.tensor.train;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * SGDP (Heo et al., arXiv:2006.08217): stochastic gradient descent whose update loses its radial part wherever the
 * weight is scale invariant. Unlike in {@link Sgd} the first gradient is dampened too, and weight decay is decoupled
 * and divided by 1 − μ, so that its strength is that of decay inside the buffer.
 *
 * <p>Without nesterov the buffer itself is projected, as in the authors' implementation: what is radial today does not
 * come back with tomorrow's momentum. With nesterov the buffer stays as it is.
 */
public final class SgdP extends DenseOptimizer implements ProjectingOptimizer {
    private final Momentum momentum;
    private final Projection projection;
    private final ProjectionLog log = new ProjectionLog();

    public SgdP(List<ParameterGroup> groups, Momentum momentum, Projection projection) {
        super(groups, Sgd.BUFFER);
        if (momentum.nesterov() && momentum.rate() == 0) {
            throw new IllegalArgumentException("nesterov needs a momentum above 0");
        }
        this.momentum = momentum;
        this.projection = projection;
    }

    @Override
    void update(Slot slot, Tensor g, double lr) {
        Tensor w = slot.parameter.value();
        Tensor buffer = slot.moment(Sgd.BUFFER);
        double decay = lr * slot.weightDecay / (1 - momentum.rate());
        double taken = 1 - momentum.dampening();
        if (FusedStep.fits(w, g)) {
            var fused = FusedStep.of(w, g, momentum.direction(buffer, g, taken));
            log.record(slot.parameter, projection.move(w, g, fused, decay, lr));
            return;
        }
        Tensor u = momentum.update(buffer, g, taken);
        ProjectionView view = projection.apply(w, g, u);
        log.record(slot.parameter, view);
        w.mul_(new Scalar(1 - decay * projection.decayRatio(view))).add_(u, new Scalar(-lr));
    }

    @Override
    public Map<String, ProjectionView> lastProjections() {
        return log.last();
    }
}
