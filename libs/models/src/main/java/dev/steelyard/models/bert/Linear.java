package dev.steelyard.models.bert;

import dev.steelyard.models.Weights;
import dev.steelyard.tensor.TensorOwner;
import java.io.IOException;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** y = x Wᵀ + b, with W of shape [out, in]. */
record Linear(Tensor weight, TensorOptional bias) {

    static Linear load(Weights weights, TensorOwner owner, String name, long out, long in) throws IOException {
        Tensor weight = weights.load(name + ".weight", out, in).to(ScalarType.Float);
        Tensor bias = weights.load(name + ".bias", out).to(ScalarType.Float);
        return new Linear(owner.own(weight), owner.own(new TensorOptional(bias)));
    }

    /** Layers over the same input as one, their outputs one behind the other. */
    static Linear loadJoined(Weights weights, TensorOwner owner, String prefix, List<String> names, long out, long in)
            throws IOException {
        var matrices = new TensorVector();
        var biases = new TensorVector();
        for (String name : names) {
            matrices.push_back(
                    weights.load(prefix + "." + name + ".weight", out, in).to(ScalarType.Float));
            biases.push_back(weights.load(prefix + "." + name + ".bias", out).to(ScalarType.Float));
        }
        return new Linear(owner.own(torch.cat(matrices)), owner.own(new TensorOptional(torch.cat(biases))));
    }

    /** x: [..., in] → [..., out] */
    Tensor forward(Tensor x) {
        return torch.linear(x, weight, bias);
    }
}
