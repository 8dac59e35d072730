package dev.steelyard.tensor.train;

import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What an optimizer keeps for one parameter: its moments, each of the parameter's shape, and how many steps it took. */
final class Slot {
    private static final String STEP = "step";

    final Parameter parameter;
    final double learningRateScale;
    final double weightDecay;
    long step;
    private final SequencedMap<String, Tensor> moments = new LinkedHashMap<>();

    Slot(Parameter parameter, ParameterGroup group, TensorOwner owner, String... momentNames) {
        this.parameter = parameter;
        this.learningRateScale = group.learningRateScale();
        this.weightDecay = group.weightDecay();
        try (var _ = TensorScope.open()) {
            for (String name : momentNames) {
                moments.put(name, owner.own(torch.zeros_like(parameter.value().detach())));
            }
        }
    }

    Tensor moment(String name) {
        Tensor moment = moments.get(name);
        if (moment == null) {
            throw new IllegalStateException(name + " is not kept");
        }
        return moment;
    }

    void save(Map<String, Tensor> into) {
        moments.forEach((name, moment) -> into.put(key(name), moment));
        into.put(key(STEP), Tensors.of(new long[] {step}).to(ScalarType.Float));
    }

    /** @return how many entries of the state were taken */
    int restore(Map<String, Tensor> state) {
        moments.forEach((name, moment) -> moment.copy_(entry(state, key(name), Shapes.of(moment))));
        step = Tensors.toLongs(entry(state, key(STEP)))[0];
        return moments.size() + 1;
    }

    long bytes() {
        return moments.values().stream().mapToLong(Tensor::nbytes).sum();
    }

    private String key(String name) {
        return parameter.name() + "." + name;
    }

    static Tensor entry(Map<String, Tensor> state, String key, long... shape) {
        Tensor tensor = state.get(key);
        if (tensor == null) {
            throw new IllegalArgumentException("optimizer state has no " + key);
        }
        return Shapes.require(key, tensor, shape);
    }
}
