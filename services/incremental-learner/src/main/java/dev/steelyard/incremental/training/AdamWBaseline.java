package dev.steelyard.incremental.training;

import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.train.Adam;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.Decay;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.ParameterGroup;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** AdamW on all parameters of a store, which methods that train in another way are compared with. */
public abstract class AdamWBaseline implements AutoCloseable {
    private final AdamMoments moments;
    private final double weightDecay;
    private List<Parameter> parameters = List.of();
    private @Nullable Optimizer optimizer;

    protected AdamWBaseline(AdamMoments moments, double weightDecay) {
        this.moments = moments;
        this.weightDecay = weightDecay;
    }

    /** Makes the optimizer of what is not frozen, once the weights are there. */
    public void begin(ParameterStore store) {
        parameters = store.parameters();
        optimizer = new Adam(List.of(ParameterGroup.of(parameters, weightDecay)), moments, Decay.DECOUPLED);
    }

    public final Optimizer optimizer() {
        return Objects.requireNonNull(optimizer, "begin first");
    }

    public final List<Parameter> parameters() {
        return parameters;
    }

    @Override
    public void close() {
        if (optimizer != null) {
            optimizer.close();
        }
    }
}
