package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.method.JobContext;
import dev.steelyard.tensor.nn.ParameterStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/**
 * What is learned: a model and its data.
 *
 * @param <B> a batch
 */
interface Task<B> extends AutoCloseable {

    ParameterStore store();

    /** Examples to train on, counted from 0. */
    int examples();

    B batch(int[] items);

    /** @return a scalar with gradients, nats */
    Tensor loss(B batch);

    /** Held-out data. */
    enum Part {
        /** Some of the validation's, while training goes on. */
        SOME,
        VALIDATION,
        /** Of a data set that has both. */
        TEST
    }

    /**
     * Figures on held-out data, by name, the first of them the loss; none when there is none of it.
     *
     * @throws InterruptedException when the job was cancelled
     */
    SequencedMap<String, Double> measure(Part part, JobContext job) throws InterruptedException;

    /** Counts for the report, by name. */
    SequencedMap<String, Long> counts();

    /** Writes the model's folder. */
    void write(Path folder, SequencedMap<String, Tensor> weights) throws IOException;

    @Override
    void close();
}
