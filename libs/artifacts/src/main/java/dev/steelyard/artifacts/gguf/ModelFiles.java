package dev.steelyard.artifacts.gguf;

import java.util.OptionalInt;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The small files of a Hugging Face folder that tell what a model is and how to use it. */
final class ModelFiles {
    private static final JsonMapper JSON = new JsonMapper();

    private ModelFiles() {}

    /** config.json of a LlamaForCausalLM. */
    static ObjectNode config(LlamaSizes sizes, TokenizerSettings tokenizer, WeightType type) {
        ObjectNode config = JSON.createObjectNode();
        config.putArray("architectures").add("LlamaForCausalLM");
        config.put("model_type", "llama");
        config.put("vocab_size", sizes.vocabulary());
        config.put("hidden_size", sizes.hidden());
        config.put("intermediate_size", sizes.inner());
        config.put("num_hidden_layers", sizes.layers());
        config.put("num_attention_heads", sizes.heads());
        config.put("num_key_value_heads", sizes.keyValueHeads());
        config.put("head_dim", sizes.head());
        config.put("max_position_embeddings", sizes.context());
        config.put("hidden_act", "silu");
        config.put("rms_norm_eps", sizes.eps());
        config.put("rope_theta", sizes.theta());
        config.putNull("rope_scaling");
        config.put("attention_bias", false).put("mlp_bias", false);
        config.put("tie_word_embeddings", sizes.tied());
        ids(config, tokenizer);
        config.put("torch_dtype", type.torch());
        return config;
    }

    /** generation_config.json: where an answer ends. */
    static ObjectNode generation(TokenizerSettings tokenizer) {
        ObjectNode generation = JSON.createObjectNode();
        ids(generation, tokenizer);
        return generation;
    }

    private static void ids(ObjectNode file, TokenizerSettings tokenizer) {
        put(file, "bos_token_id", tokenizer.begin());
        put(file, "eos_token_id", tokenizer.end());
        put(file, "pad_token_id", tokenizer.padding());
    }

    private static void put(ObjectNode file, String field, OptionalInt id) {
        id.ifPresent(value -> file.put(field, value));
    }

    /** tokenizer_config.json: the roles of special tokens and the chat template. */
    static ObjectNode tokenizer(TokenizerSettings tokenizer, LlamaSizes sizes) {
        ObjectNode file = JSON.createObjectNode();
        file.put("tokenizer_class", "PreTrainedTokenizerFast");
        tokenizer.text(tokenizer.begin()).ifPresent(token -> file.put("bos_token", token));
        tokenizer.text(tokenizer.end()).ifPresent(token -> file.put("eos_token", token));
        tokenizer.text(tokenizer.unknown()).ifPresent(token -> file.put("unk_token", token));
        tokenizer.text(tokenizer.padding()).ifPresent(token -> file.put("pad_token", token));
        file.put("model_max_length", sizes.context());
        file.put("clean_up_tokenization_spaces", false);
        tokenizer.chatTemplate().ifPresent(template -> file.put("chat_template", template));
        return file;
    }
}
