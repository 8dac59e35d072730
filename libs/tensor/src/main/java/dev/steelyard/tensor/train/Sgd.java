package dev.steelyard.tensor.train;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Stochastic gradient descent with momentum, as PyTorch has it: the first gradient enters the momentum buffer
 * undampened.
 */
public final class Sgd extends DenseOptimizer {
    static final String BUFFER = "momentum_buffer";

    private final Momentum momentum;
    private final Decay decay;

    public Sgd(List<ParameterGroup> groups, Momentum momentum, Decay decay) {
        super(groups, momentum.rate() == 0 ? new String[0] : new String[] {BUFFER});
        if (momentum.nesterov() && (momentum.rate() == 0 || momentum.dampening() != 0)) {
            throw new IllegalArgumentException("nesterov needs a momentum above 0 and no dampening");
        }
        this.momentum = momentum;
        this.decay = decay;
    }

    @Override
    void update(Slot slot, Tensor g, double lr) {
        Tensor w = slot.parameter.value();
        double lambda = slot.weightDecay;
        if (lambda > 0 && decay == Decay.COUPLED) {
            g = g.add(w, new Scalar(lambda));
        }
        double keep = decay == Decay.DECOUPLED ? 1 - lr * lambda : 1;
        if (momentum.rate() == 0) {
            w.mul_(new Scalar(keep)).add_(g, new Scalar(-lr));
            return;
        }
        Tensor buffer = slot.moment(BUFFER);
        double taken = slot.step == 1 ? 1 : 1 - momentum.dampening();
        if (FusedStep.fits(w, g)) {
            FusedStep.of(w, g, momentum.direction(buffer, g, taken)).move((float) keep, (float) lr);
        } else {
            Tensor u = momentum.update(buffer, g, taken);
            w.mul_(new Scalar(keep)).add_(u, new Scalar(-lr));
        }
    }
}
