package dev.steelyard.incremental.gacil;

import dev.steelyard.incremental.gacil.StateFile.Saved;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.node.ObjectNode;

/**
 * The two parts of what a task adds to the head: ‖R HᵀȲ‖ of classes seen before (the exposed class label gain) and
 * ‖R HᵀỸ‖ of new ones.
 *
 * @param sums B as it was before, [C, M]
 * @param counts samples of each class before
 */
record Gains(Tensor sums, Map<String, Long> counts) {

    /** What is there before a task; owned by the innermost open scope. */
    static Gains before(AnalyticState state) {
        Map<String, Long> counts = new HashMap<>();
        state.classes().forEach(name -> counts.put(name, state.count(name)));
        return new Gains(state.sums().clone(), counts);
    }

    /** @param learned what is there after it */
    void describe(Saved learned, ObjectNode report) {
        AnalyticState state = learned.state();
        Set<Integer> exposed = new LinkedHashSet<>();
        Set<Integer> unexposed = new LinkedHashSet<>();
        for (String name : state.classes()) {
            long before = counts.getOrDefault(name, 0L);
            if (state.count(name) > before) {
                (before > 0 ? exposed : unexposed).add(state.column(name));
            }
        }
        report.put("exposedClasses", exposed.size());
        report.put("newClasses", unexposed.size());
        try (var _ = TensorScope.open()) {
            Tensor delta = state.sums().clone();
            delta.narrow(0, 0, sums.size(0)).sub_(sums);
            report.put("exposedClassLabelGain", norm(learned, delta, exposed));
            report.put("newClassLabelGain", norm(learned, delta, unexposed));
        }
    }

    private static double norm(Saved learned, Tensor delta, Set<Integer> columns) {
        if (columns.isEmpty()) {
            return 0;
        }
        long[] rows = columns.stream().mapToLong(Integer::longValue).toArray();
        return learned.state().solvedNorm(delta.index_select(0, Tensors.of(rows, rows.length)), learned.gamma());
    }
}
