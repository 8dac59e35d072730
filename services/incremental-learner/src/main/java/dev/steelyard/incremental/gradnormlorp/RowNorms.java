package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * How far the norms of targets' rows go from where they were: the mean of |‖W_i‖/‖W_i‖₀ − 1| over rows that were not 0, W
 * as it is tuned.
 */
final class RowNorms implements AutoCloseable {
    private final TensorOwner owner = new TensorOwner();
    private final Supplier<SequencedMap<String, Tensor>> weights;
    private final SequencedMap<String, Tensor> first = new LinkedHashMap<>();

    /**
     * As they are now.
     *
     * @param weights all of a model's, as they are then: live, or of the innermost open scope
     */
    RowNorms(Supplier<SequencedMap<String, Tensor>> weights, List<String> names) {
        this.weights = weights;
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            SequencedMap<String, Tensor> all = weights.get();
            for (String name : names) {
                first.put(name, owner.own(norms(weight(all, name))));
            }
        }
    }

    private static Tensor weight(Map<String, Tensor> all, String name) {
        return Objects.requireNonNull(all.get(name));
    }

    private static Tensor norms(Tensor weight) {
        return weight.detach().norm(new ScalarOptional(new Scalar(2.0)), new long[] {1}, false);
    }

    /** By target. */
    SequencedMap<String, Double> drift() {
        SequencedMap<String, Double> drift = new LinkedHashMap<>();
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            SequencedMap<String, Tensor> all = weights.get();
            first.forEach((name, before) -> drift.put(name, drift(norms(weight(all, name)), before)));
        }
        return drift;
    }

    /** 0 where all rows were 0. */
    private static double drift(Tensor now, Tensor before) {
        Tensor some = before.gt(new Scalar(0));
        Tensor ratios = now.masked_select(some).div(before.masked_select(some));
        return ratios.numel() == 0
                ? 0
                : ratios.sub(new Scalar(1.0)).abs().mean().item_double();
    }

    @Override
    public void close() {
        owner.close();
    }
}
