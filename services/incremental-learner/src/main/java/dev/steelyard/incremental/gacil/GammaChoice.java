package dev.steelyard.incremental.gacil;

import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.incremental.features.Samples;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.linalg.SymmetricMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import tools.jackson.databind.node.ArrayNode;

/**
 * Chooses γ on samples held out. Their part is taken off the sums, so that nothing is learned twice, and all γ come from
 * one decomposition A = QΛQᵀ: scores are HQ(Λ + γI)⁻¹QᵀB. 40 M² bytes beside the state.
 */
final class GammaChoice {
    /** Largest M that is decomposed. */
    static final int MOST = 8192;

    private static final int LARGEST_FOLD = 10_000;
    private static final int FOLDS = 5;
    private static final int BLOCK = 1024;
    private static final double MOST_ILL_CONDITIONED = 1e12;

    private final AnalyticState state;
    private final Samples samples;
    private final Labels labels;
    private final int[] fold;

    /**
     * One γ, measured on the fold.
     *
     * @param condition of A + γI
     * @param squaredError mean over samples
     */
    record Candidate(double gamma, double condition, double accuracy, double squaredError) {}

    /**
     * A fifth of the samples is held out, 10,000 at most.
     *
     * @param state has learned them all
     */
    GammaChoice(AnalyticState state, Samples samples, Labels labels, RandomGenerator random) throws MethodException {
        this.state = state;
        this.samples = samples;
        this.labels = labels;
        if (state.buffer().expansion() > MOST) {
            throw MethodException.parameter(
                    "/autoGamma",
                    "is for an expansion of at most %d, this is %d"
                            .formatted(MOST, state.buffer().expansion()));
        }
        if (samples.size() < FOLDS) {
            throw MethodException.parameter("/autoGamma", "%d samples are too few".formatted(samples.size()));
        }
        int[] order = IntStream.range(0, samples.size()).toArray();
        int held = Math.min(LARGEST_FOLD, samples.size() / FOLDS);
        for (int i = 0; i < held; i++) {
            int j = random.nextInt(i, order.length);
            int chosen = order[j];
            order[j] = order[i];
            order[i] = chosen;
        }
        fold = Arrays.copyOf(order, held);
    }

    /** Rows that are held out. */
    int[] fold() {
        return fold.clone();
    }

    /** From 1e-6 to 1e6, two a decade. */
    private static double[] grid() {
        return IntStream.rangeClosed(-12, 12)
                .mapToDouble(half -> Math.pow(10, half / 2.0))
                .toArray();
    }

    /** The best: by accuracy, then by squared error, of those that are not ill-conditioned if there is one. */
    static Candidate best(List<Candidate> all) {
        List<Candidate> steady =
                all.stream().filter(c -> c.condition() <= MOST_ILL_CONDITIONED).toList();
        return (steady.isEmpty() ? all : steady)
                .stream()
                        .max(Comparator.comparingDouble(Candidate::accuracy)
                                .thenComparing(Comparator.comparingDouble(Candidate::squaredError)
                                        .reversed()))
                        .orElseThrow();
    }

    /**
     * All γ of the grid, ascending.
     *
     * @param job to look for cancellation in, between blocks; the decomposition is one call and not interrupted
     */
    List<Candidate> measure(JobContext job) throws InterruptedException {
        int m = state.buffer().expansion();
        try (var _ = TensorScope.open();
                SymmetricMatrix rest = new SymmetricMatrix(m)) {
            rest.add(state.gram(), 1);
            Tensor sums = state.sums().clone();
            job.progress(Results.LEARNED, "choosing gamma: holding out %d samples".formatted(fold.length));
            for (int from = 0; from < fold.length; from += BLOCK) {
                job.checkCancelled();
                int[] rows = block(from);
                try (var _ = TensorScope.open()) {
                    Tensor h = expanded(rows);
                    rest.addGram(h, -1);
                    sums.sub_(oneHot(rows).t().mm(h));
                }
            }
            job.checkCancelled();
            job.progress(Results.LEARNED, "choosing gamma: decomposing %d × %d sums".formatted(m, m));
            var decomposed = torch.linalg_eigh(rest.toTensor());
            Tensor eigenvalues = decomposed.get0().clamp_min(new Scalar(0.0)); // Λ [M], ascending
            Tensor q = decomposed.get1();
            return measure(job, eigenvalues, q, sums.mm(q));
        }
    }

    /** @param sums BᵀQ [C, M] */
    private List<Candidate> measure(JobContext job, Tensor eigenvalues, Tensor q, Tensor sums)
            throws InterruptedException {
        double[] grid = grid();
        double[] right = new double[grid.length];
        double[] error = new double[grid.length];
        for (int from = 0; from < fold.length; from += BLOCK) {
            job.checkCancelled();
            job.progress(Results.LEARNED, "choosing gamma: measured %d of %d samples".formatted(from, fold.length));
            int[] rows = block(from);
            try (var _ = TensorScope.open()) {
                Tensor rotated = expanded(rows).mm(q); // HQ [n, M]
                Tensor y = oneHot(rows);
                Tensor truth = y.argmax(new LongOptional(1), false);
                for (int i = 0; i < grid.length; i++) {
                    try (var _ = TensorScope.open()) {
                        Tensor scores = rotated.div(eigenvalues.add(new Scalar(grid[i])))
                                .mm(sums.t()); // [n, C]
                        right[i] += scores.argmax(new LongOptional(1), false)
                                .eq(truth)
                                .sum()
                                .item_double();
                        Tensor off = scores.sub_(y);
                        error[i] += off.mul(off).sum().item_double();
                    }
                }
            }
        }
        double[] ends = Tensors.toDoubles(eigenvalues);
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < grid.length; i++) {
            double condition = (ends[ends.length - 1] + grid[i]) / (ends[0] + grid[i]);
            candidates.add(new Candidate(grid[i], condition, right[i] / fold.length, error[i] / fold.length));
        }
        return candidates;
    }

    private int[] block(int from) {
        return Arrays.copyOfRange(fold, from, Math.min(from + BLOCK, fold.length));
    }

    private Tensor expanded(int[] rows) {
        return state.buffer().expand(samples.features(rows));
    }

    /** [n, C] */
    private Tensor oneHot(int[] rows) {
        int classes = state.classes().size();
        double[] y = new double[rows.length * classes];
        String[] names = Samples.names(labels, rows);
        for (int i = 0; i < rows.length; i++) {
            y[i * classes + state.column(names[i])] = 1;
        }
        return Tensors.of(y, rows.length, classes);
    }

    static void describe(List<Candidate> candidates, ArrayNode into) {
        for (Candidate candidate : candidates) {
            into.addObject()
                    .put("gamma", candidate.gamma())
                    .put("condition", candidate.condition())
                    .put("accuracy", candidate.accuracy())
                    .put("squaredError", candidate.squaredError());
        }
    }
}
