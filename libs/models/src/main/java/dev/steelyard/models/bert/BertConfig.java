package dev.steelyard.models.bert;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.models.Activation;
import dev.steelyard.models.ModelConfig;
import java.util.Optional;

/**
 * Sizes of a BERT encoder.
 *
 * @param vocabularySize rows of the word embedding
 * @param hiddenSize width of a token's vector, a multiple of {@code heads}
 * @param layers encoder layers
 * @param heads attention heads in each layer
 * @param intermediateSize width of the feed-forward layer
 * @param activation nonlinearity of the feed-forward layer
 * @param maxPositions longest sequence, in tokens
 * @param tokenTypes rows of the token type embedding
 * @param layerNormEps added to the variance in a layer norm
 * @param padToken id of the token that fills a batch up
 */
public record BertConfig(
        int vocabularySize,
        int hiddenSize,
        int layers,
        int heads,
        int intermediateSize,
        Activation activation,
        int maxPositions,
        int tokenTypes,
        double layerNormEps,
        int padToken) {
    private static final int MAX_WIDTH = 1 << 16;

    /** @throws ArtifactException when a field is missing, out of range, or asks for what this encoder does not do */
    public static BertConfig read(ModelConfig config) throws ArtifactException {
        requireBidirectionalBert(config);
        int vocabularySize = config.integer("vocab_size", 1, 1 << 24);
        int hiddenSize = config.integer("hidden_size", 1, MAX_WIDTH);
        int heads = config.integer("num_attention_heads", 1, hiddenSize);
        if (hiddenSize % heads != 0) {
            throw config.unexpected("hidden_size", "a multiple of num_attention_heads (" + heads + ")");
        }
        return new BertConfig(
                vocabularySize,
                hiddenSize,
                config.integer("num_hidden_layers", 1, 1024),
                heads,
                config.integer("intermediate_size", 1, 4 * MAX_WIDTH),
                Activation.read(config, "hidden_act", Activation.GELU),
                config.integer("max_position_embeddings", 1, 1 << 20, 512),
                config.integer("type_vocab_size", 1, 1024, 2),
                config.number("layer_norm_eps", 0, 1, 1e-12),
                config.integer("pad_token_id", 0, vocabularySize - 1, 0));
    }

    private static void requireBidirectionalBert(ModelConfig config) throws ArtifactException {
        if (!config.text("model_type").equals(Optional.of("bert"))) {
            throw config.unexpected("model_type", "bert");
        }
        if (!config.text("position_embedding_type").orElse("absolute").equals("absolute")) {
            throw config.unexpected("position_embedding_type", "absolute");
        }
        if (config.flag("is_decoder", false)) {
            throw config.unexpected("is_decoder", "false");
        }
    }
}
