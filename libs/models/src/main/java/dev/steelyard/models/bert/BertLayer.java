package dev.steelyard.models.bert;

import dev.steelyard.models.Activation;
import dev.steelyard.models.Weights;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import java.io.IOException;
import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Self-attention and a feed-forward network, each added to its input and normalized. */
record BertLayer(
        int heads,
        Linear queryKeyValue,
        Linear attentionOutput,
        LayerNorm attentionNorm,
        Linear intermediate,
        Activation activation,
        Linear output,
        LayerNorm outputNorm) {

    static BertLayer load(BertConfig config, Weights weights, TensorOwner owner, String name) throws IOException {
        long hidden = config.hiddenSize();
        long wide = config.intermediateSize();
        double eps = config.layerNormEps();
        return new BertLayer(
                config.heads(),
                Linear.loadJoined(
                        weights, owner, name + ".attention.self", List.of("query", "key", "value"), hidden, hidden),
                Linear.load(weights, owner, name + ".attention.output.dense", hidden, hidden),
                LayerNorm.load(weights, owner, name + ".attention.output.LayerNorm", hidden, eps),
                Linear.load(weights, owner, name + ".intermediate.dense", wide, hidden),
                config.activation(),
                Linear.load(weights, owner, name + ".output.dense", hidden, wide),
                LayerNorm.load(weights, owner, name + ".output.LayerNorm", hidden, eps));
    }

    /** x: [n, t, hidden]; mask: [n, 1, 1, t], true where a token is, or nothing when all are → [n, t, hidden] */
    Tensor forward(Tensor x, TensorOptional mask) {
        try (var scope = TensorScope.open()) {
            Tensor attended = attentionNorm.forward(
                    attentionOutput.forward(attention(x, mask)).add(x));
            Tensor wide = activation.apply(intermediate.forward(attended)); // [n, t, intermediate]
            return scope.keep(outputNorm.forward(output.forward(wide).add(attended)));
        }
    }

    /** softmax(Q Kᵀ / √d) V, head by head (Vaswani et al., 2017, arXiv:1706.03762, eq. 1) */
    private Tensor attention(Tensor x, TensorOptional mask) {
        Tensor joined = queryKeyValue.forward(x); // [n, t, 3 hidden]
        Tensor qkv =
                joined.view(x.size(0), x.size(1), 3, heads, x.size(2) / heads).permute(2, 0, 3, 1, 4);
        Tensor q = qkv.select(0, 0); // [n, heads, t, d]
        Tensor k = qkv.select(0, 1);
        Tensor v = qkv.select(0, 2);
        Tensor heads = torch.scaled_dot_product_attention(q, k, v, mask, 0.0, false, new DoubleOptional(), false);
        return heads.transpose(1, 2).flatten(2, 3); // [n, t, hidden]
    }
}
