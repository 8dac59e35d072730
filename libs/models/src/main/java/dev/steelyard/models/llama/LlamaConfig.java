package dev.steelyard.models.llama;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.models.Activation;
import dev.steelyard.models.ModelConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Sizes of a Llama decoder.
 *
 * @param vocabularySize rows of the token embedding
 * @param hiddenSize width of a token's vector
 * @param intermediateSize width of the feed-forward layer
 * @param layers decoder layers
 * @param heads query heads in each layer
 * @param keyValueHeads key and value heads, a divisor of {@code heads} (grouped-query attention, arXiv:2305.13245)
 * @param headSize width of a head, even
 * @param maxPositions longest sequence, in tokens
 * @param normEps added to the mean square in a norm
 * @param ropeTheta base of the rotary wavelengths
 * @param tied whether the head is the token embedding
 * @param beginToken id that begins a text, −1: none
 * @param endTokens ids that end a text, the usual one first; none where nothing does
 */
public record LlamaConfig(
        int vocabularySize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int keyValueHeads,
        int headSize,
        int maxPositions,
        double normEps,
        double ropeTheta,
        boolean tied,
        int beginToken,
        List<Integer> endTokens) {
    private static final int MAX_WIDTH = 1 << 16;
    private static final int MAX_LAYERS = 1024;
    private static final int MAX_POSITIONS = 1 << 24;
    private static final double THETA = 10_000;
    private static final int NO_TOKEN = -1;

    public LlamaConfig {
        if (heads < 1 || keyValueHeads < 1 || heads % keyValueHeads != 0 || headSize < 2 || headSize % 2 != 0) {
            throw new IllegalArgumentException(
                    "expected heads to be a multiple of key-value heads and an even head size, found %d, %d, %d"
                            .formatted(heads, keyValueHeads, headSize));
        }
        endTokens = List.copyOf(endTokens);
    }

    /** @throws ArtifactException when a field is missing, out of range, or asks for what this decoder does not do */
    public static LlamaConfig read(ModelConfig config) throws ArtifactException {
        if (!config.text("model_type").orElse("").equals("llama")) {
            throw config.unexpected("model_type", "llama");
        }
        if (Activation.read(config, "hidden_act", Activation.SILU) != Activation.SILU) {
            throw config.unexpected("hidden_act", "silu");
        }
        for (String field : new String[] {"attention_bias", "mlp_bias"}) {
            if (config.flag(field, false)) {
                throw config.unexpected(field, "false");
            }
        }
        int hidden = config.integer("hidden_size", 2, MAX_WIDTH);
        int heads = config.integer("num_attention_heads", 1, MAX_WIDTH);
        int keyValueHeads = config.integer("num_key_value_heads", 1, heads, heads);
        if (heads % keyValueHeads != 0) {
            throw config.unexpected("num_key_value_heads", "a divisor of " + heads);
        }
        int headSize = config.integer("head_dim", 2, MAX_WIDTH, hidden / heads);
        if (headSize % 2 != 0) {
            throw config.unexpected("head_dim", "an even number");
        }
        int vocabulary = config.integer("vocab_size", 1, Integer.MAX_VALUE);
        return new LlamaConfig(
                vocabulary,
                hidden,
                config.integer("intermediate_size", 1, MAX_WIDTH * 16),
                config.integer("num_hidden_layers", 1, MAX_LAYERS),
                heads,
                keyValueHeads,
                headSize,
                config.integer("max_position_embeddings", 1, MAX_POSITIONS, 2048),
                config.number("rms_norm_eps", 0, 1, 1e-6),
                theta(config),
                config.flag("tie_word_embeddings", false),
                config.integer("bos_token_id", 0, vocabulary - 1, NO_TOKEN),
                endTokens(config, vocabulary));
    }

    /** Older files have rope_theta and rope_scaling, newer ones both in rope_parameters. */
    private static double theta(ModelConfig config) throws ArtifactException {
        double theta = config.number("rope_theta", 1, Double.MAX_VALUE, THETA);
        for (String field : new String[] {"rope_scaling", "rope_parameters"}) {
            var rope = config.section(field);
            if (rope.isPresent()) {
                for (String type : new String[] {"rope_type", "type"}) {
                    if (!rope.get().text(type).orElse("default").equals("default")) {
                        throw rope.get().unexpected(type, "default");
                    }
                }
                theta = rope.get().number("rope_theta", 1, Double.MAX_VALUE, theta);
            }
        }
        return theta;
    }

    /** Some files give a list of tokens. */
    private static List<Integer> endTokens(ModelConfig config, int vocabulary) throws ArtifactException {
        String field = "eos_token_id";
        if (config.isList(field)) {
            return config.integers(field, 0, vocabulary - 1);
        }
        return config.has(field) ? List.of(config.integer(field, 0, vocabulary - 1)) : List.of();
    }

    private SequencedMap<String, Object> rope() {
        SequencedMap<String, Object> rope = new LinkedHashMap<>();
        rope.put("rope_type", "default");
        rope.put("rope_theta", ropeTheta);
        return rope;
    }

    /** The fields of a {@code config.json} that transformers reads. */
    public SequencedMap<String, Object> fields() {
        SequencedMap<String, Object> fields = new LinkedHashMap<>();
        fields.put("architectures", List.of("LlamaForCausalLM"));
        fields.put("model_type", "llama");
        fields.put("vocab_size", vocabularySize);
        fields.put("hidden_size", hiddenSize);
        fields.put("intermediate_size", intermediateSize);
        fields.put("num_hidden_layers", layers);
        fields.put("num_attention_heads", heads);
        fields.put("num_key_value_heads", keyValueHeads);
        fields.put("head_dim", headSize);
        fields.put("max_position_embeddings", maxPositions);
        fields.put("hidden_act", "silu");
        fields.put("rms_norm_eps", normEps);
        fields.put("rope_theta", ropeTheta);
        fields.put("rope_parameters", rope());
        fields.put("attention_bias", false);
        fields.put("mlp_bias", false);
        fields.put("tie_word_embeddings", tied);
        fields.putAll(textTokens());
        fields.put("torch_dtype", "float32");
        return fields;
    }

    /** The same with other tokens around a text. */
    public LlamaConfig withTextTokens(int begin, List<Integer> ends) {
        return new LlamaConfig(
                vocabularySize,
                hiddenSize,
                intermediateSize,
                layers,
                heads,
                keyValueHeads,
                headSize,
                maxPositions,
                normEps,
                ropeTheta,
                tied,
                begin,
                ends);
    }

    /** The ids that begin and end a text, as {@code config.json} and {@code generation_config.json} have them. */
    public SequencedMap<String, Object> textTokens() {
        SequencedMap<String, Object> fields = new LinkedHashMap<>();
        if (beginToken >= 0) {
            fields.put("bos_token_id", beginToken);
        }
        if (!endTokens.isEmpty()) {
            fields.put("eos_token_id", endTokens.size() == 1 ? endTokens.getFirst() : endTokens);
        }
        return fields;
    }
}
