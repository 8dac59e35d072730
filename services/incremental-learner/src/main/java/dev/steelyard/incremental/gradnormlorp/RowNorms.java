package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.nn.ParameterStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;

/** How far the norms of targets' rows go from where they were: the mean of |‖W_i‖/‖W_i‖₀ − 1|. */
final class RowNorms implements AutoCloseable {
    private static final double TINY = 1e-30;

    private final TensorOwner owner = new TensorOwner();
    private final SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
    private final Map<String, Tensor> first = new LinkedHashMap<>();

    /** As they are now. */
    RowNorms(ParameterStore store, List<String> names) {
        SequencedMap<String, Tensor> all = store.save();
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            for (String name : names) {
                Tensor weight = Objects.requireNonNull(all.get(name));
                weights.put(name, weight);
                first.put(name, owner.own(norms(weight)));
            }
        }
    }

    private static Tensor norms(Tensor weight) {
        return weight.detach().norm(new ScalarOptional(new Scalar(2.0)), new long[] {1}, false);
    }

    /** By target. */
    SequencedMap<String, Double> drift() {
        SequencedMap<String, Double> drift = new LinkedHashMap<>();
        weights.forEach((name, weight) -> {
            try (var _ = NoGrad.begin();
                    var _ = TensorScope.open()) {
                Tensor before = Objects.requireNonNull(first.get(name)).clamp_min(new Scalar(TINY));
                drift.put(
                        name,
                        norms(weight)
                                .div(before)
                                .sub(new Scalar(1.0))
                                .abs()
                                .mean()
                                .item_double());
            }
        });
        return drift;
    }

    @Override
    public void close() {
        owner.close();
    }
}
