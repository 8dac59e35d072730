package dev.steelyard.incremental.language;

import dev.steelyard.incremental.training.Check;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** How well a model foretells sequences: the mean cross entropy over all tokens that a loss is taken on. */
public final class MeanLoss {
    private MeanLoss() {}

    /**
     * In nats a token.
     *
     * @param sequences one or more
     * @param batch sequences at once, 1 or more; the result depends on it in the last bits alone
     * @param model ids [rows, columns] to logits [rows, columns, vocabulary]
     * @param check before each batch
     */
    public static double of(List<TokenSequence> sequences, int batch, UnaryOperator<Tensor> model, Check check)
            throws InterruptedException {
        double sum = 0;
        long tokens = 0;
        try (var _ = NoGrad.begin()) {
            for (int from = 0; from < sequences.size(); from += batch) {
                check.run();
                int[] items = IntStream.range(from, Math.min(from + batch, sequences.size()))
                        .toArray();
                SequenceBatch some = SequenceBatch.of(sequences, items);
                try (var _ = TensorScope.open()) {
                    sum += some.loss(model).item_double() * some.learned();
                    tokens += some.learned();
                }
            }
        }
        return sum / tokens;
    }
}
