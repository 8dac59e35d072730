package dev.steelyard.incremental.gacil;

import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * The linear classifier on expanded features.
 *
 * @param classes by column
 * @param weight Wᵀ [C, M], Double
 * @param condition lower bound of the condition number of A + γI
 */
record Head(List<String> classes, Tensor weight, double condition, TensorOwner owner) implements AutoCloseable {

    /**
     * Scores of some samples, owned by the innermost open scope.
     *
     * @param h expanded features [n, M], Double
     * @return [n, C]
     */
    Tensor scores(Tensor h) {
        return h.mm(weight.t());
    }

    /** The column that scores highest for each sample. */
    int[] predict(Tensor h) {
        try (var _ = TensorScope.open()) {
            long[] best = Tensors.toLongs(scores(h).argmax(new LongOptional(1), false));
            int[] columns = new int[best.length];
            for (int i = 0; i < best.length; i++) {
                columns[i] = (int) best[i];
            }
            return columns;
        }
    }

    @Override
    public void close() {
        owner.close();
    }
}
