package dev.steelyard.incremental.pretrainlm;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.train.MovingAverage;
import dev.steelyard.tensor.train.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;

/** A model's averages in place of its weights, until closed; then the weights are back, bit for bit. */
final class AveragedWeights implements AutoCloseable {
    private final TensorScope scope = TensorScope.open();
    private final List<Kept> before = new ArrayList<>();

    private record Kept(Tensor value, Tensor copy) {}

    private AveragedWeights() {}

    static AveragedWeights in(ParameterStore store, MovingAverage average) {
        var weights = new AveragedWeights();
        try (var _ = NoGrad.begin()) {
            for (Parameter parameter : store.parameters()) {
                Tensor value = parameter.value();
                weights.before.add(new Kept(value, value.detach().clone()));
                value.copy_(Objects.requireNonNull(average.save().get(parameter.name())));
            }
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
