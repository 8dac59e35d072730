package dev.steelyard.incremental.lift;

import dev.steelyard.incremental.training.Learner;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.TrainingState;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/** What of a model is trained, and how. */
interface Tuning extends AutoCloseable {

    /** What the model's linear layers are made with. */
    Reparametrization form();

    /**
     * Freezes what is not trained and makes the optimizer, once the weights are there.
     *
     * @param firstGradients runs the first batches backward; gives the gradients of the weights this asked for
     * @throws InterruptedException when the job was cancelled
     */
    void begin(ParameterStore store, Runnable firstGradients) throws InterruptedException;

    Optimizer optimizer();

    /** All that the optimizer moves. */
    List<Parameter> parameters();

    /** Looks on around each update. */
    Learner.Observer observer();

    /** Adds what a run continues from, besides the model's store. */
    void join(TrainingState state);

    /** Weights that may differ from the base, by their names in a checkpoint; of the innermost open scope or live. */
    SequencedMap<String, Tensor> trained();

    /** How many of a weight's entries are trained at a time; as many as an adapter has parameters where it is one. */
    long chosen(long rows, long columns);

    /** Bytes of the optimizer's state by kind. */
    Map<String, Long> stateBytes();

    @Override
    void close();
}
