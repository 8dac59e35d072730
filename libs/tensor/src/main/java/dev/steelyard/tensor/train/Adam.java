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
        Tensor u = moments.update(slot, g);
        if (lambda > 0 && decay == Decay.DECOUPLED) {
            w.mul_(new Scalar(1 - lr * lambda));
        }
        w.add_(u, new Scalar(-moments.stepSize(slot, lr)));
    }
}
