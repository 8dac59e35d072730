package dev.steelyard.tensor.train;

import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Moves parameters along their gradients. Parameters without a gradient are left as they are. Called from one thread at
 * a time.
 */
public interface Optimizer extends AutoCloseable {

    /**
     * One update with the gradients that {@code backward} left.
     *
     * @param learningRate of this step, 0 or more; groups scale it
     */
    void step(double learningRate);

    /**
     * Says that more gradients are to be added to those that {@code backward} left before the next step. An optimizer that
     * needs less than the whole of them may take that and drop them; the step then counts in what was taken. Gradients
     * that are to be looked at or clipped as they are must not be folded.
     */
    default void fold() {}

    /** Drops all gradients, so that the next {@code backward} starts from nothing. */
    void clearGradients();

    /**
     * Everything that the next step depends on besides parameters and gradients, by {@code <parameter>.<name>}. Moments
     * are the live tensors, not copies; {@code step} belongs to the innermost open scope.
     */
    SequencedMap<String, Tensor> state();

    /**
     * Takes over a saved {@link #state()} by copying.
     *
     * @throws dev.steelyard.tensor.ShapeException when a tensor has another shape than its parameter
     * @throws IllegalArgumentException when a tensor is missing or belongs to no parameter
     */
    void restore(Map<String, Tensor> state);

    /** Bytes that moments take, exactly; step counters are not counted. */
    long stateBytes();

    @Override
    void close();
}
