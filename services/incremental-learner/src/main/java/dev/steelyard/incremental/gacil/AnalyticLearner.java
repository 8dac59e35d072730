package dev.steelyard.incremental.gacil;

import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.incremental.features.Samples;
import dev.steelyard.tensor.TensorScope;
import org.jspecify.annotations.Nullable;

/** G-ACIL on a stream; solves for its head when it is asked, and has learned since. */
final class AnalyticLearner implements StreamLearner {
    private final AnalyticState state;
    private final Samples samples;
    private final Labels labels;
    private final double gamma;
    private @Nullable Head head;

    /** @param state is left to the caller */
    AnalyticLearner(AnalyticState state, Samples samples, Labels labels, double gamma) {
        this.state = state;
        this.samples = samples;
        this.labels = labels;
        this.gamma = gamma;
    }

    @Override
    public String name() {
        return "g-acil";
    }

    @Override
    public void learn(int[] rows) {
        close();
        try (var _ = TensorScope.open()) {
            state.add(samples.features(rows), Samples.names(labels, rows), 1);
        }
    }

    @Override
    public void endTask(int[] rows) {
        // nothing to do: the state knows no tasks
    }

    @Override
    public int[] predict(int[] rows) {
        Head solved = head == null ? state.head(gamma) : head;
        head = solved;
        try (var _ = TensorScope.open()) {
            int[] columns = solved.predict(state.buffer().expand(samples.features(rows)));
            int[] ids = new int[columns.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = labels.classes().indexOf(solved.classes().get(columns[i]));
            }
            return ids;
        }
    }

    @Override
    public void close() {
        if (head != null) {
            head.close();
            head = null;
        }
    }
}
