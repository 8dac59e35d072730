package dev.steelyard.incremental.training;

import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Parameter;
import java.io.IOException;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A model in training.
 *
 * @param curve name of its loss metric
 * @param parameters all that the optimizer moves
 * @param observer looks on; what it collects belongs to the run's state
 * @param <B> a batch
 */
public record Learner<B>(
        String curve, List<Parameter> parameters, Optimizer optimizer, Objective<B> objective, Observer observer) {

    public Learner {
        parameters = List.copyOf(parameters);
    }

    /** The loss of one batch. */
    @FunctionalInterface
    public interface Objective<B> {
        /** @return a scalar with gradients */
        Tensor loss(B batch);
    }

    /** Looks at a run around each update. */
    public interface Observer {
        /** Sees nothing. */
        Observer NONE = new Observer() {};

        /** Gradients are there, parameters are as they were. */
        default void beforeUpdate(long step) {}

        /**
         * Parameters have moved.
         *
         * @throws dev.steelyard.tensor.train.UnfitGradientException when they are found to be no numbers any more
         */
        default void afterUpdate(long step, double loss) throws IOException, InterruptedException {}

        /** This one, then another. */
        default Observer and(Observer other) {
            Observer first = this;
            return new Observer() {
                @Override
                public void beforeUpdate(long step) {
                    first.beforeUpdate(step);
                    other.beforeUpdate(step);
                }

                @Override
                public void afterUpdate(long step, double loss) throws IOException, InterruptedException {
                    first.afterUpdate(step, loss);
                    other.afterUpdate(step, loss);
                }
            };
        }
    }
}
