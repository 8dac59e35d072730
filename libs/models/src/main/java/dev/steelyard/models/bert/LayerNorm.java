package dev.steelyard.models.bert;

import dev.steelyard.models.Weights;
import dev.steelyard.tensor.TensorOwner;
import java.io.IOException;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Layer normalization over the last dimension (Ba et al., 2016, arXiv:1607.06450, eq. 4). */
record LayerNorm(TensorOptional gain, TensorOptional bias, long size, double eps) {

    static LayerNorm load(Weights weights, TensorOwner owner, String name, long size, double eps) throws IOException {
        return new LayerNorm(
                parameter(weights, owner, name, "weight", "gamma", size),
                parameter(weights, owner, name, "bias", "beta", size),
                size,
                eps);
    }

    Tensor forward(Tensor x) {
        return torch.layer_norm(x, new long[] {size}, gain, bias, eps, false);
    }

    /** Checkpoints converted from TensorFlow, bert-base-uncased among them, keep its parameter names. */
    private static TensorOptional parameter(
            Weights weights, TensorOwner owner, String name, String today, String tensorFlow, long size)
            throws IOException {
        String old = name + "." + tensorFlow;
        Tensor tensor = weights.load(weights.contains(old) ? old : name + "." + today, size);
        return owner.own(new TensorOptional(tensor.to(ScalarType.Float)));
    }
}
