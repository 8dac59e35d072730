package dev.steelyard.models.bert;

import dev.steelyard.models.Activation;
import dev.steelyard.tensor.nn.Linear;
import dev.steelyard.tensor.nn.Phase;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** {@link BertLayer} with gradients; query, key and value are layers of their own, as in the checkpoint. */
record TrainableLayer(
        int heads,
        Linear query,
        Linear key,
        Linear value,
        Linear attentionOutput,
        Norm attentionNorm,
        Linear intermediate,
        Activation activation,
        Linear output,
        Norm outputNorm) {

    static TrainableLayer create(BertConfig config, LoadedParameters source, String name) {
        long hidden = config.hiddenSize();
        long wide = config.intermediateSize();
        double eps = config.layerNormEps();
        return new TrainableLayer(
                config.heads(),
                source.linear(name + ".attention.self.query", hidden, hidden),
                source.linear(name + ".attention.self.key", hidden, hidden),
                source.linear(name + ".attention.self.value", hidden, hidden),
                source.linear(name + ".attention.output.dense", hidden, hidden),
                Norm.create(source, name + ".attention.output.LayerNorm", hidden, eps),
                source.linear(name + ".intermediate.dense", wide, hidden),
                config.activation(),
                source.linear(name + ".output.dense", hidden, wide),
                Norm.create(source, name + ".output.LayerNorm", hidden, eps));
    }

    /** x: [n, t, hidden]; mask: [n, 1, 1, t], true where a token is, or nothing when all are → [n, t, hidden] */
    Tensor forward(Tensor x, TensorOptional mask) {
        Tensor attended =
                attentionNorm.forward(of(attentionOutput, attention(x, mask)).add(x));
        Tensor wide = activation.apply(of(intermediate, attended)); // [n, t, intermediate]
        return outputNorm.forward(of(output, wide).add(attended));
    }

    private Tensor attention(Tensor x, TensorOptional mask) {
        Tensor mixed = torch.scaled_dot_product_attention(
                heads(of(query, x)),
                heads(of(key, x)),
                heads(of(value, x)),
                mask,
                0.0,
                false,
                new DoubleOptional(),
                false);
        return mixed.transpose(1, 2).flatten(2, 3); // [n, t, hidden]
    }

    /** [n, heads, t, d] */
    private Tensor heads(Tensor x) {
        return x.view(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
    }

    private static Tensor of(Linear layer, Tensor x) {
        return layer.forward(x, Phase.TRAINING);
    }

    /** Layer normalization, its parameters under the names that the checkpoint gives them. */
    record Norm(Tensor gain, Tensor bias, double eps) {

        static Norm create(LoadedParameters source, String name, long size, double eps) {
            return new Norm(
                    source.plain(source.named(name + ".gamma", name + ".weight"), size),
                    source.plain(source.named(name + ".beta", name + ".bias"), size),
                    eps);
        }

        Tensor forward(Tensor x) {
            return torch.layer_norm(
                    x, new long[] {gain.size(0)}, new TensorOptional(gain), new TensorOptional(bias), eps, false);
        }
    }
}
