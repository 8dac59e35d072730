package dev.steelyard.models.bert;

import dev.steelyard.models.Weights;
import dev.steelyard.models.text.TokenBatch;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A BERT encoder to train, without dropout: what {@link BertEncoder} computes, with gradients. Its parameters lie in a
 * store, Float, under their names in the checkpoint ({@code encoder.layer.0.attention.self.query.weight}); the matrices
 * of its layers come from a {@link Reparametrization}.
 */
public final class TrainableBert {
    private final BertConfig config;
    private final Tensor words; // [vocabulary, hidden]
    private final Tensor positions; // [positions, hidden]
    private final Tensor types; // [types, hidden]
    private final TrainableLayer.Norm norm;
    private final List<TrainableLayer> layers;

    private TrainableBert(BertConfig config, LoadedParameters source, String prefix) {
        long hidden = config.hiddenSize();
        String embeddings = prefix + "embeddings";
        this.config = config;
        words = source.plain(embeddings + ".word_embeddings.weight", config.vocabularySize(), hidden);
        positions = source.plain(embeddings + ".position_embeddings.weight", config.maxPositions(), hidden);
        types = source.plain(embeddings + ".token_type_embeddings.weight", config.tokenTypes(), hidden);
        norm = TrainableLayer.Norm.create(source, embeddings + ".LayerNorm", hidden, config.layerNormEps());
        layers = IntStream.range(0, config.layers())
                .mapToObj(i -> TrainableLayer.create(config, source, prefix + "encoder.layer." + i))
                .toList();
    }

    /**
     * Copies the weights of a checkpoint, whose names have the prefix {@code bert.} or none, into a store.
     *
     * @throws dev.steelyard.artifacts.ArtifactException naming the tensor that is missing or has another shape than the
     *     config asks for
     */
    public static TrainableBert load(BertConfig config, ParameterStore store, Weights weights, Reparametrization form)
            throws IOException {
        String prefix = weights.contains("bert.embeddings.word_embeddings.weight") ? "bert." : "";
        try {
            return new TrainableBert(config, new LoadedParameters(store, form, weights), prefix);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    public BertConfig config() {
        return config;
    }

    /**
     * Output of the last layer, owned by the innermost open scope. What stands at padding is meaningless.
     *
     * @return [n, t, hidden]
     * @throws IllegalArgumentException when a text is longer than the model's positions, or a token is not in its
     *     vocabulary
     */
    public Tensor forward(TokenBatch batch) {
        BertEncoder.requireFits(config, batch);
        try (var scope = TensorScope.open()) {
            Tensor tokens = Tensors.of(batch.ids(), batch.size(), batch.length());
            Tensor position = positions.narrow(0, 0, batch.length()); // [t, hidden]
            Tensor type = types.select(0, 0); // [hidden]
            Tensor hidden = norm.forward(torch.embedding(words, tokens).add(position.add(type)));
            TensorOptional mask =
                    batch.isPadded() ? new TensorOptional(BertEncoder.attended(batch)) : new TensorOptional();
            for (TrainableLayer layer : layers) {
                hidden = layer.forward(hidden, mask);
            }
            return scope.keep(hidden);
        }
    }
}
