package dev.steelyard.tensor.train;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Adam (Kingma and Ba, arXiv:1412.6980); with {@link Decay#DECOUPLED} AdamW (arXiv:1711.05101). */
public final class Adam extends DenseOptimizer {
    private final AdamMoments moments;
    private final Decay decay;

    /**
     * @param moments decay rates and ε
     * @param decay AdamW takes the decoupled one
     */
    public Adam(List<ParameterGroup> groups, AdamMoments moments, Decay decay) {
        super(groups, AdamMoments.FIRST, AdamMoments.SECOND);
        this.moments = moments;
        this.decay = decay;
    }

    @Override
    void update(Slot slot, Tensor g, double lr) {
        Tensor w = slot.parameter.value();
        double lambda = slot.weightDecay;
        if (lambda > 0 && decay == Decay.COUPLED) {
            g = g.add(w, new Scalar(lambda));
        }
        double decayed = decay == Decay.DECOUPLED ? lr * lambda : 0;
        double step = moments.stepSize(slot, lr);
        if (FusedStep.fits(w, g)) {
            FusedStep.of(w, g, moments.direction(slot, g)).move((float) (1 - decayed), (float) step);
            return;
        }
        Tensor u = moments.update(slot, g);
        w.mul_(new Scalar(1 - decayed)).add_(u, new Scalar(-step));
    }
}
