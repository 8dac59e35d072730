package dev.steelyard.tensor.nn;

import java.util.ArrayList;
import java.util.List;

/**
 * The estimated statistics of all layers of a model. A trainer sets how fast they move; until it does, nothing is
 * estimated.
 */
public final class Estimates {
    private final List<EstimatedBatchNorm> layers = new ArrayList<>();

    void add(EstimatedBatchNorm layer) {
        layers.add(layer);
    }

    public boolean isEmpty() {
        return layers.isEmpty();
    }

    /** @param rho ρ, what a batch takes of the estimates' place, [0, 1]; 0: they stay as they are */
    public void rate(double rho) {
        if (!(rho >= 0 && rho <= 1)) {
            throw new IllegalArgumentException("rho: expected 0 to 1, found " + rho);
        }
        layers.forEach(layer -> layer.rate(rho));
    }

    /**
     * Takes mean and variance of all that is run in training until {@link #endPass}, instead of moving averages. Each
     * batch is normalized by what was seen so far, itself included.
     */
    public void beginPass() {
        layers.forEach(EstimatedBatchNorm::beginPass);
    }

    /** The estimates are those of the pass. */
    public void endPass() {
        layers.forEach(EstimatedBatchNorm::endPass);
    }
}
