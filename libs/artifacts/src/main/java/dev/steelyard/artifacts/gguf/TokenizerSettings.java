package dev.steelyard.artifacts.gguf;

import dev.steelyard.artifacts.ArtifactException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a file says of its tokens.
 *
 * @param tokens in the order of ids; empty where the file has no vocabulary
 * @param begin id of the token that begins a text
 * @param end id of the token that ends a text
 * @param unknown id of the token for what has none
 * @param padding id of the token that fills up
 * @param addBegin whether an encoded text begins with {@code begin}
 * @param addEnd whether an encoded text ends with {@code end}
 * @param chatTemplate Jinja that makes a text of messages
 */
record TokenizerSettings(
        List<String> tokens,
        OptionalInt begin,
        OptionalInt end,
        OptionalInt unknown,
        OptionalInt padding,
        boolean addBegin,
        boolean addEnd,
        Optional<String> chatTemplate) {
    static final String TOKENS = "tokenizer.ggml.tokens";

    /** @throws ArtifactException naming a setting that is of another type or names no token */
    static TokenizerSettings read(GgufMetadata settings, long vocabulary) throws ArtifactException {
        List<String> tokens = settings.has(TOKENS) ? settings.texts(TOKENS) : List.of();
        if (tokens.size() > vocabulary) {
            throw settings.expected(TOKENS, "at most one for each of the " + vocabulary + " rows of the embedding");
        }
        boolean begins = PreTokenizer.of(settings).map(PreTokenizer::begins).orElse(false);
        return new TokenizerSettings(
                tokens,
                id(settings, "bos", vocabulary),
                id(settings, "eos", vocabulary),
                id(settings, "unknown", vocabulary),
                id(settings, "padding", vocabulary),
                settings.flag("tokenizer.ggml.add_bos_token", begins),
                settings.flag("tokenizer.ggml.add_eos_token", false),
                settings.optionalText("tokenizer.chat_template"));
    }

    private static OptionalInt id(GgufMetadata settings, String role, long vocabulary) throws ArtifactException {
        String key = "tokenizer.ggml." + role + "_token_id";
        return settings.has(key) ? OptionalInt.of((int) settings.integer(key, 0, vocabulary - 1)) : OptionalInt.empty();
    }

    /** The token of an id, if it has a text. */
    Optional<String> text(OptionalInt id) {
        return id.isPresent() && id.getAsInt() < tokens.size()
                ? Optional.of(tokens.get(id.getAsInt()))
                : Optional.empty();
    }
}
