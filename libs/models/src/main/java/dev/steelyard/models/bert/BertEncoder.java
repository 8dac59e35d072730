package dev.steelyard.models.bert;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.models.Weights;
import dev.steelyard.models.text.TokenBatch;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * A BERT encoder in float32. Weights that are float32 in the checkpoint are used where they lie, so their source must
 * outlive the encoder. May be used by several threads at once.
 */
public final class BertEncoder implements AutoCloseable {
    private final BertConfig config;
    private final TensorOwner owner;
    private final BertEmbeddings embeddings;
    private final List<BertLayer> layers;

    private BertEncoder(BertConfig config, TensorOwner owner, BertEmbeddings embeddings, List<BertLayer> layers) {
        this.config = config;
        this.owner = owner;
        this.embeddings = embeddings;
        this.layers = layers;
    }

    /**
     * Reads the weights, named as Hugging Face names them, with the prefix {@code bert.} or without.
     *
     * @throws ArtifactException naming the tensor that is missing or has another shape than the config asks for
     */
    public static BertEncoder load(BertConfig config, Weights weights) throws IOException {
        var owner = new TensorOwner();
        try (var _ = TensorScope.open()) {
            String prefix = weights.contains("bert.embeddings.word_embeddings.weight") ? "bert." : "";
            BertEmbeddings embeddings = BertEmbeddings.load(config, weights, owner, prefix + "embeddings");
            List<BertLayer> layers = new ArrayList<>();
            for (int i = 0; i < config.layers(); i++) {
                layers.add(BertLayer.load(config, weights, owner, prefix + "encoder.layer." + i));
            }
            return new BertEncoder(config, owner, embeddings, List.copyOf(layers));
        } catch (IOException | RuntimeException e) {
            owner.close();
            throw e;
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
        requireFits(config, batch);
        try (var scope = TensorScope.open()) {
            long n = batch.size();
            long t = batch.length();
            Tensor hidden = embeddings.forward(Tensors.of(batch.ids(), n, t));
            TensorOptional mask = batch.isPadded() ? new TensorOptional(attended(batch)) : new TensorOptional();
            for (BertLayer layer : layers) {
                hidden = layer.forward(hidden, mask);
            }
            return scope.keep(hidden);
        }
    }

    /** [n, 1, 1, t], true where a token is */
    static Tensor attended(TokenBatch batch) {
        Tensor positions = Tensors.of(batch.positions(), 1, batch.length());
        Tensor lengths = Tensors.of(batch.lengths(), batch.size(), 1);
        return positions.lt(lengths).view(batch.size(), 1, 1, batch.length());
    }

    static void requireFits(BertConfig config, TokenBatch batch) {
        if (batch.length() > config.maxPositions()) {
            throw new IllegalArgumentException(
                    "a text of %d tokens; the model has %d positions".formatted(batch.length(), config.maxPositions()));
        }
        for (long id : batch.ids()) {
            if (id < 0 || id >= config.vocabularySize()) {
                throw new IllegalArgumentException(
                        "token %d is not in the model's vocabulary of %d".formatted(id, config.vocabularySize()));
            }
        }
    }

    @Override
    public void close() {
        owner.close();
    }
}
