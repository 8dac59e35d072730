package dev.steelyard.incremental.language;

import dev.steelyard.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.CrossEntropyLossOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Sequences side by side, padded at the end to the longest; a causal model never looks at what is padded.
 *
 * @param rows sequences
 * @param columns tokens that go in: one less than the longest sequence has
 * @param inputs [rows, columns], row after row
 * @param targets the tokens that follow, {@link #IGNORED} where no loss is taken
 */
public record SequenceBatch(int rows, int columns, long[] inputs, long[] targets) {
    /** Marks what no loss is taken on. */
    public static final long IGNORED = -100;

    /** Of some of the sequences. */
    public static SequenceBatch of(List<TokenSequence> sequences, int[] items) {
        int columns = Arrays.stream(items)
                        .map(item -> sequences.get(item).ids().length)
                        .max()
                        .orElseThrow()
                - 1;
        long[] inputs = new long[items.length * columns];
        long[] targets = new long[items.length * columns];
        Arrays.fill(targets, IGNORED);
        for (int row = 0; row < items.length; row++) {
            TokenSequence sequence = sequences.get(items[row]);
            for (int i = 0; i + 1 < sequence.ids().length; i++) {
                inputs[row * columns + i] = sequence.ids()[i];
                if (i + 1 >= sequence.first()) {
                    targets[row * columns + i] = sequence.ids()[i + 1];
                }
            }
        }
        return new SequenceBatch(items.length, columns, inputs, targets);
    }

    /** Tokens that a loss is taken on. */
    public long learned() {
        return Arrays.stream(targets).filter(target -> target != IGNORED).count();
    }

    /**
     * Mean cross entropy over the tokens that a loss is taken on, nats.
     *
     * @param model ids [rows, columns] to logits [rows, columns, vocabulary]
     * @return a scalar of the innermost open scope
     */
    public Tensor loss(UnaryOperator<Tensor> model) {
        Tensor logits = model.apply(Tensors.of(inputs, rows, columns));
        return torch.cross_entropy(
                logits.flatten(0, 1), Tensors.of(targets, (long) rows * columns), new CrossEntropyLossOptions());
    }
}
