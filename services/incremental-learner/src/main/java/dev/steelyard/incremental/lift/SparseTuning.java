package dev.steelyard.incremental.lift;

import dev.steelyard.incremental.training.Curves;
import dev.steelyard.incremental.training.Learner;
import dev.steelyard.method.JobContext;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.nn.SparseTraining;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.SparseAdamW;
import dev.steelyard.tensor.train.SparseParameter;
import dev.steelyard.tensor.train.TrainingState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Trains the chosen entries of the targets and chooses them anew every T steps: after the update of step T (from 1), and
 * so on; not after the last one, where it would change nothing.
 */
final class SparseTuning implements Tuning {
    /** Curve of the share of entries that stay chosen. */
    static final String STAY = "entries that stay chosen";

    private final JobContext job;
    private final Targets targets;
    private final PrincipalWeights choice;
    private final AdamMoments moments;
    private final double weightDecay;
    private final long refresh;
    private final long steps;
    private final Curves curves;
    private final SparseTraining sparse = new SparseTraining();
    private @Nullable SparseAdamW optimizer;
    private Runnable gradients = () -> {};
    private long refreshNanos;

    /**
     * @param refresh T; 0: never
     * @param steps of the whole run
     * @param curves get the share of entries that stay chosen, by refresh
     */
    SparseTuning(
            JobContext job,
            Targets targets,
            PrincipalWeights choice,
            AdamMoments moments,
            double weightDecay,
            long refresh,
            long steps,
            Curves curves) {
        this.job = job;
        this.targets = targets;
        this.choice = choice;
        this.moments = moments;
        this.weightDecay = weightDecay;
        this.refresh = refresh;
        this.steps = steps;
        this.curves = curves;
    }

    @Override
    public Reparametrization form() {
        return (store, name, initial) -> targets.contain(name)
                ? sparse.create(store, name, initial)
                : Reparametrization.NONE.create(store, name, initial);
    }

    @Override
    public void begin(ParameterStore store, Runnable firstGradients) throws InterruptedException {
        store.freeze(_ -> true);
        gradients = firstGradients;
        List<SparseParameter> chosen = new ArrayList<>();
        job.progress(
                0, "chooses entries of %d weights".formatted(sparse.weights().size()));
        choose(0).forEach((name, indices) -> chosen.add(sparse.choose(name, indices)));
        optimizer = new SparseAdamW(chosen, moments, weightDecay);
    }

    /** Looks for cancellation between weights: of large ones each takes seconds. */
    private SequencedMap<String, int[]> choose(long step) throws InterruptedException {
        SequencedMap<String, int[]> chosen = new LinkedHashMap<>();
        try (var _ = TensorScope.open()) {
            Map<String, Tensor> dense =
                    choice.selection() == Selection.GRADIENT ? sparse.denseGradients(gradients) : Map.of();
            for (Map.Entry<String, Tensor> weight : sparse.weights().entrySet()) {
                job.checkCancelled();
                chosen.put(weight.getKey(), choice.of(weight.getKey(), weight.getValue(), dense, step));
            }
        }
        return chosen;
    }

    @Override
    public Learner.Observer observer() {
        return new Learner.Observer() {
            @Override
            public void afterUpdate(long step, double loss) throws InterruptedException {
                if (refresh > 0 && (step + 1) % refresh == 0 && step + 1 < steps) {
                    refresh(step + 1);
                }
            }
        };
    }

    private void refresh(long done) throws InterruptedException {
        long start = System.nanoTime();
        optimizer().requireFinite();
        long stay = 0;
        long all = 0;
        for (Map.Entry<String, int[]> chosen : choose(done).entrySet()) {
            stay += optimizer().move(chosen.getKey(), chosen.getValue());
            all += chosen.getValue().length;
        }
        curves.add(STAY, done, (double) stay / all);
        refreshNanos += System.nanoTime() - start;
    }

    /** Seconds that choosing anew took. */
    double refreshSeconds() {
        return refreshNanos / 1e9;
    }

    @Override
    public SparseAdamW optimizer() {
        return Objects.requireNonNull(optimizer, "begin first");
    }

    @Override
    public List<Parameter> parameters() {
        return optimizer().values();
    }

    @Override
    public void join(TrainingState state) {
        state.with("optimizer", (Optimizer) optimizer());
    }

    @Override
    public SequencedMap<String, Tensor> trained() {
        return sparse.weights();
    }

    @Override
    public long chosen(long rows, long columns) {
        return choice.budget().entries(rows, columns);
    }

    @Override
    public Map<String, Long> stateBytes() {
        Map<String, Long> bytes = new LinkedHashMap<>();
        bytes.put("moments", optimizer().stateBytes());
        bytes.put("indices and values", optimizer().entryBytes());
        return bytes;
    }

    @Override
    public void close() {
        if (optimizer != null) {
            optimizer.close();
        }
        sparse.close();
    }
}
