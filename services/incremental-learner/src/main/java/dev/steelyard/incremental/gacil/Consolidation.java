package dev.steelyard.incremental.gacil;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.train.Parameter;
import dev.steelyard.tensor.train.TrainingState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The penalty of EWC: λ/2 Σ F (θ − θ*)² over all ended tasks, with the values θ* that parameters had then and the
 * diagonal F of their Fisher information. Squares are completed: what is kept and added is λ/2 F̄ (θ − θ̄)², F̄ = ΣF and
 * θ̄ = (1/F̄)·ΣFθ*, which differs by what does not depend on θ and takes as much after a thousand tasks as after one.
 */
final class Consolidation implements TrainingState.Part, AutoCloseable {
    private final double strength;
    private final List<Parameter> parameters;
    private final TensorOwner owner = new TensorOwner();
    private final List<Anchor> anchors = new ArrayList<>();

    /** θ̄ and F̄ of a parameter. */
    private record Anchor(Parameter parameter, Tensor value, Tensor fisher) {
        /** Takes in what a parameter was at the end of another task; where nothing mattered yet, as it is now. */
        void add(Tensor more) {
            try (var _ = TensorScope.open();
                    var _ = NoGrad.begin()) {
                Tensor sum = fisher.add(more);
                Tensor share = torch.where(sum.gt(new Scalar(0)), more.div(sum), torch.ones_like(sum));
                value.add_(parameter.value().sub(value).mul(share));
                fisher.copy_(sum);
            }
        }
    }

    /** Takes the gradients of one sample's loss. */
    @FunctionalInterface
    interface Backward {
        void accept(int sample) throws InterruptedException;
    }

    /** @param strength λ */
    Consolidation(List<Parameter> parameters, double strength) {
        this.parameters = parameters;
        this.strength = strength;
    }

    /** A loss with the penalty. */
    Tensor added(Tensor loss) {
        Tensor sum = loss;
        for (Anchor anchor : anchors) {
            Tensor moved = anchor.parameter().value().sub(anchor.value());
            sum = sum.add(anchor.fisher().mul(moved.mul(moved)).sum(), new Scalar(strength / 2));
        }
        return sum;
    }

    /**
     * Anchors the parameters where they are.
     *
     * @param samples to take the Fisher information from
     * @param backward leaves the gradients of one sample's loss, from nothing
     */
    void anchor(int samples, Backward backward) throws InterruptedException {
        try (var ended = new TensorOwner()) {
            List<Tensor> fisher = new ArrayList<>();
            try (var _ = TensorScope.open()) {
                parameters.forEach(parameter -> fisher.add(ended.own(torch.zeros_like(parameter.value()))));
            }
            for (int i = 0; i < samples; i++) {
                backward.accept(i);
                try (var _ = TensorScope.open();
                        var _ = NoGrad.begin()) {
                    for (int j = 0; j < fisher.size(); j++) {
                        Tensor g = parameters.get(j).value().grad();
                        fisher.get(j).addcmul_(g, g, new Scalar(1.0 / samples));
                    }
                }
            }
            begin();
            for (int j = 0; j < fisher.size(); j++) {
                anchors.get(j).add(fisher.get(j));
            }
        }
    }

    private void begin() {
        if (anchors.isEmpty()) {
            try (var _ = TensorScope.open()) {
                for (Parameter parameter : parameters) {
                    Tensor value = parameter.value().detach();
                    anchors.add(new Anchor(parameter, owner.own(value.clone()), owner.own(torch.zeros_like(value))));
                }
            }
        }
    }

    @Override
    public Map<String, Tensor> save() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        for (int i = 0; i < anchors.size(); i++) {
            all.put(i + ".value", anchors.get(i).value());
            all.put(i + ".fisher", anchors.get(i).fisher());
        }
        return all;
    }

    @Override
    public void restore(Map<String, Tensor> saved) {
        anchors.clear();
        for (int i = 0; saved.containsKey(i + ".value"); i++) {
            anchors.add(new Anchor(
                    parameters.get(i),
                    owner.own(TrainingState.require(saved, i + ".value").clone()),
                    owner.own(TrainingState.require(saved, i + ".fisher").clone())));
        }
    }

    @Override
    public void close() {
        owner.close();
    }
}
