package dev.steelyard.incremental.gacil;

import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.linalg.Cholesky;
import dev.steelyard.tensor.linalg.SymmetricMatrix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * All that G-ACIL remembers of what it has seen, in the information form of the recursion (paper, theorem 3.1; the same
 * estimator by Woodbury's identity): A = Σ HᵀH [M, M], B = Σ HᵀY, kept as [C, M], and a count for each class. Both are
 * sums over samples, so neither order nor batches matter, states add up, and what was added can be taken off again; a
 * class leaves with its last sample. All sums are in double; in single precision the equality with joint training is
 * lost.
 *
 * <p>8M² bytes for A, and 8·M·C for B. For one thread at a time.
 */
final class AnalyticState implements AutoCloseable {
    private static final int FIRST_ROOM = 16;

    private final RandomBuffer buffer;
    private final SymmetricMatrix gram;
    private final List<String> classes = new ArrayList<>();
    private final Map<String, Integer> columns = new HashMap<>();
    private final List<Long> counts = new ArrayList<>();
    private TensorOwner room = new TensorOwner();
    private Tensor sums;

    AnalyticState(RandomBuffer buffer) {
        this.buffer = buffer;
        this.gram = new SymmetricMatrix(buffer.expansion());
        try (var _ = TensorScope.open()) {
            sums = room.own(zeros(FIRST_ROOM));
        }
    }

    private Tensor zeros(long rows) {
        return torch.zeros(new long[] {rows, buffer.expansion()}, Tensors.options(ScalarType.Double));
    }

    RandomBuffer buffer() {
        return buffer;
    }

    /** A; the live matrix. */
    SymmetricMatrix gram() {
        return gram;
    }

    /** Classes in order of first appearance; their positions are the columns of the head. */
    List<String> classes() {
        return List.copyOf(classes);
    }

    /** Samples learned of each class, less those unlearned. */
    long[] counts() {
        return counts.stream().mapToLong(Long::longValue).toArray();
    }

    /** Samples of one class; 0 for one that never appeared. */
    long count(String label) {
        Integer column = columns.get(label);
        return column == null ? 0 : counts.get(column);
    }

    /** B, [C, M]; a view of the live sums, owned by the innermost open scope. */
    Tensor sums() {
        return sums.narrow(0, 0, classes.size());
    }

    /** The column of a class, which is added with a target of 0 for all samples before. */
    int column(String label) {
        Integer known = columns.get(label);
        if (known != null) {
            return known;
        }
        int column = classes.size();
        if (column == sums.size(0)) {
            grow();
        }
        classes.add(label);
        counts.add(0L);
        columns.put(label, column);
        return column;
    }

    private void grow() {
        TensorOwner larger = new TensorOwner();
        try (var _ = TensorScope.open()) {
            Tensor grown = larger.own(zeros(2 * sums.size(0)));
            grown.narrow(0, 0, sums.size(0)).copy_(sums);
            sums = grown;
        }
        room.close();
        room = larger;
    }

    /**
     * Adds samples, or takes them off. A class whose last sample is taken off is as if it had never been there.
     *
     * @param x features [n, d], Double
     * @param labels n of them
     * @param sign 1 to learn, −1 to unlearn
     */
    void add(Tensor x, String[] labels, int sign) {
        long[] target = new long[labels.length];
        for (int i = 0; i < labels.length; i++) {
            int column = column(labels[i]);
            target[i] = column;
            counts.set(column, counts.get(column) + sign);
        }
        try (var _ = TensorScope.open()) {
            Tensor h = buffer.expand(x);
            gram.addGram(h, sign);
            Tensor y = torch.zeros(new long[] {classes.size(), labels.length}, Tensors.options(ScalarType.Double));
            y.scatter_(0, Tensors.of(target, 1, labels.length), new Scalar(1.0)); // [C, n] one-hot
            sums().add_(y.mm(h), new Scalar((double) sign));
        }
        if (sign < 0) {
            dropEmpty();
        }
    }

    /** What rounding has left in the sums of a class without samples would still be a column that can be predicted. */
    private void dropEmpty() {
        List<String> names = classes();
        long[] samples = counts();
        long[] kept = LongStream.range(0, samples.length)
                .filter(i -> samples[(int) i] != 0)
                .toArray();
        if (kept.length == samples.length) {
            return;
        }
        try (var _ = TensorScope.open()) {
            Tensor rows = sums().index_select(0, Tensors.of(kept, kept.length));
            sums.zero_();
            sums.narrow(0, 0, kept.length).copy_(rows);
        }
        classes.clear();
        columns.clear();
        counts.clear();
        for (long i : kept) {
            counts.set(column(names.get((int) i)), samples[(int) i]);
        }
    }

    /** Adds all that another state with the same buffer has learned; columns are matched by class. */
    void merge(AnalyticState other) {
        gram.add(other.gram, 1);
        try (var _ = TensorScope.open()) {
            Tensor theirs = other.sums();
            for (int i = 0; i < other.classes.size(); i++) {
                int column = column(other.classes.get(i));
                counts.set(column, counts.get(column) + other.counts.get(i));
                sums.narrow(0, column, 1).add_(theirs.narrow(0, i, 1));
            }
        }
    }

    /** Takes over what a file holds, but no class without samples. */
    void restore(List<String> names, long[] samples, Tensor saved) {
        for (int i = 0; i < names.size(); i++) {
            counts.set(column(names.get(i)), samples[i]);
        }
        try (var _ = TensorScope.open()) {
            sums().copy_(saved);
        }
        dropEmpty();
    }

    /**
     * The head W = (A + γI)⁻¹B, the solution of joint ridge regression on everything learned.
     *
     * @param gamma γ above 0
     * @throws dev.steelyard.tensor.linalg.NotPositiveDefiniteException when γ is too small for the sums
     */
    Head head(double gamma) {
        TensorOwner owner = new TensorOwner();
        try (var _ = TensorScope.open();
                Cholesky factor = gram.cholesky(gamma)) {
            Tensor weight = owner.own(factor.solve(sums().clone()));
            return new Head(classes(), weight, factor.conditionEstimate(), owner);
        }
    }

    /** Frobenius norm of (A + γI)⁻¹ times some right sides, each a row [k, M]. */
    double solvedNorm(Tensor rows, double gamma) {
        try (var _ = TensorScope.open();
                Cholesky factor = gram.cholesky(gamma)) {
            return factor.solve(rows.clone()).norm().item_double();
        }
    }

    @Override
    public void close() {
        room.close();
        gram.close();
        buffer.close();
    }
}
