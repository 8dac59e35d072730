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
        Tensor u = moments.update(slot, g);
        ProjectionView view = projection.apply(w, g, u);
        log.record(slot.parameter, view);
        if (slot.weightDecay > 0) {
            w.mul_(new Scalar(1 - lr * slot.weightDecay * projection.decayRatio(view)));
        }
        w.add_(u, new Scalar(-moments.stepSize(slot, lr)));
    }

    @Override
    public Map<String, ProjectionView> lastProjections() {
        return log.last();
    }
}
