package dev.steelyard.tensor.train;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * AdamP (Heo et al., arXiv:2006.08217): AdamW whose update loses its radial part wherever the weight is scale
 * invariant, so that momentum does not grow the norm and with it waste the learning rate.
 */
public final class AdamP extends DenseOptimizer implements ProjectingOptimizer {
    private final AdamMoments moments;
    private final Projection projection;
    private final ProjectionLog log = new ProjectionLog();

    /** @param projection its ε is that of the moments in the paper */
    public AdamP(List<ParameterGroup> groups, AdamMoments moments, Projection projection) {
        super(groups, AdamMoments.FIRST, AdamMoments.SECOND);
        this.moments = moments;
        this.projection = projection;
    }

    @Override
    void update(Slot slot, Tensor g, double lr) {
        Tensor w = slot.parameter.value();
        double decay = lr * slot.weightDecay;
        double step = moments.stepSize(slot, lr);
        if (FusedStep.fits(w, g)) {
            var fused = FusedStep.of(w, g, moments.direction(slot, g));
            log.record(slot.parameter, projection.move(w, g, fused, decay, step));
            return;
        }
        Tensor u = moments.update(slot, g);
        ProjectionView view = projection.apply(w, g, u);
        log.record(slot.parameter, view);
        w.mul_(new Scalar(1 - decay * projection.decayRatio(view))).add_(u, new Scalar(-step));
    }

    @Override
    public Map<String, ProjectionView> lastProjections() {
        return log.last();
    }
}
