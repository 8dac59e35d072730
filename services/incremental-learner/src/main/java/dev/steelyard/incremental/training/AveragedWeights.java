package dev.steelyard.incremental.training;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.train.MovingAverage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/** A model's averages, if there are any, in place of its weights until closed; then the weights are back, bit for bit. */
public final class AveragedWeights implements AutoCloseable {
    private final TensorScope scope = TensorScope.open();
    private final List<Kept> before = new ArrayList<>();

    private record Kept(Tensor value, Tensor copy) {}

    private AveragedWeights() {}

    /** @param average of parameters or buffers of the store, by their names */
    public static AveragedWeights in(ParameterStore store, Optional<MovingAverage> average) {
        var weights = new AveragedWeights();
        SequencedMap<String, Tensor> live = store.save();
        try (var _ = NoGrad.begin()) {
            average.ifPresent(given -> given.averages().forEach((name, mean) -> {
                Tensor value = Objects.requireNonNull(live.get(name), name);
                weights.before.add(new Kept(value, value.detach().clone()));
                value.copy_(mean);
            }));
        }
        return weights;
    }

    @Override
    public void close() {
        try (scope;
                var _ = NoGrad.begin()) {
            before.forEach(kept -> kept.value.copy_(kept.copy));
        }
    }
}
