package dev.steelyard.tensor.nn;

import dev.steelyard.tensor.train.RandomTensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Sets entries to 0 while training and scales the others up (Srivastava and others, JMLR 15, 2014).
 *
 * @param random its state belongs to the run's state
 * @param share of entries set to 0, [0, 1)
 */
public record Dropout(RandomTensors random, double share) implements Layer {

    public Dropout {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("share: expected [0, 1), found " + share);
        }
    }

    @Override
    public Tensor forward(Tensor x, Phase phase) {
        return phase == Phase.TRAINING ? random.dropout(x, share) : x;
    }
}
