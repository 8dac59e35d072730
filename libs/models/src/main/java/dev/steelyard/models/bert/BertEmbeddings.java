package dev.steelyard.models.bert;

import dev.steelyard.models.Weights;
import dev.steelyard.tensor.TensorOwner;
import java.io.IOException;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Sum of word, position and token type embeddings, normalized. All tokens are of type 0: one text, not a pair. */
record BertEmbeddings(Tensor words, Tensor positions, Tensor types, LayerNorm norm) {

    static BertEmbeddings load(BertConfig config, Weights weights, TensorOwner owner, String name) throws IOException {
        long hidden = config.hiddenSize();
        return new BertEmbeddings(
                table(weights, owner, name + ".word_embeddings.weight", config.vocabularySize(), hidden),
                table(weights, owner, name + ".position_embeddings.weight", config.maxPositions(), hidden),
                table(weights, owner, name + ".token_type_embeddings.weight", config.tokenTypes(), hidden),
                LayerNorm.load(weights, owner, name + ".LayerNorm", hidden, config.layerNormEps()));
    }

    /** tokens: [n, t] of Long → [n, t, hidden] */
    Tensor forward(Tensor tokens) {
        Tensor position = positions.narrow(0, 0, tokens.size(1)); // [t, hidden]
        Tensor type = types.select(0, 0); // [hidden]
        return norm.forward(torch.embedding(words, tokens).add(position.add(type)));
    }

    private static Tensor table(Weights weights, TensorOwner owner, String name, long rows, long hidden)
            throws IOException {
        return owner.own(weights.load(name, rows, hidden).to(ScalarType.Float));
    }
}
