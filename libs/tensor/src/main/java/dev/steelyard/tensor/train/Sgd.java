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
        Tensor u = momentum.rate() == 0 ? g : direction(slot, g);
        if (lambda > 0 && decay == Decay.DECOUPLED) {
            w.mul_(new Scalar(1 - lr * lambda));
        }
        w.add_(u, new Scalar(-lr));
    }

    private Tensor direction(Slot slot, Tensor g) {
        Tensor buffer = slot.moment(BUFFER);
        double taken = slot.step == 1 ? 1 : 1 - momentum.dampening();
        buffer.mul_(new Scalar(momentum.rate())).add_(g, new Scalar(taken));
        return momentum.nesterov() ? g.add(buffer, new Scalar(momentum.rate())) : buffer;
    }
}
