package dev.steelyard.artifacts.gguf;

import dev.steelyard.artifacts.ArtifactException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A file's byte-level byte-pair encoding as Hugging Face's tokenizers library keeps it. */
final class TokenizerJson {
    private static final String MODEL = "tokenizer.ggml.model";
    private static final String TYPES = "tokenizer.ggml.token_type";
    private static final String MERGES = "tokenizer.ggml.merges";
    private static final String BYTE_PAIRS = "gpt2";

    private static final long CONTROL = 3;
    private static final long USER_DEFINED = 4;
    private static final long UNUSED = 5;

    private static final JsonMapper JSON = new JsonMapper();

    private final GgufMetadata settings;
    private final TokenizerSettings tokenizer;
    private final List<Long> types;

    private TokenizerJson(GgufMetadata settings, TokenizerSettings tokenizer, List<Long> types) {
        this.settings = settings;
        this.tokenizer = tokenizer;
        this.types = types;
    }

    /** @throws ArtifactException when the file has another kind of tokenizer, or none */
    static ObjectNode of(GgufMetadata settings, TokenizerSettings tokenizer) throws ArtifactException {
        if (!settings.text(MODEL).equals(BYTE_PAIRS)) {
            throw settings.expected(
                    MODEL,
                    "gpt2, a byte-level byte-pair encoding (else put the model's tokenizer.json beside the file)");
        }
        List<Long> types = settings.integers(TYPES);
        if (tokenizer.tokens().isEmpty() || types.size() != tokenizer.tokens().size()) {
            throw settings.expected(
                    TYPES, "one for each of the " + tokenizer.tokens().size() + " tokens");
        }
        return new TokenizerJson(settings, tokenizer, types).build(PreTokenizer.require(settings));
    }

    private ObjectNode build(PreTokenizer words) throws ArtifactException {
        ObjectNode file = JSON.createObjectNode();
        file.put("version", "1.0").putNull("truncation").putNull("padding");
        addedTokens(file.putArray("added_tokens"));
        file.putNull("normalizer");
        file.set("pre_tokenizer", words.rules(settings.flag("tokenizer.ggml.add_space_prefix", false)));
        Optional<ObjectNode> around = specialTokens();
        if (around.isPresent()) {
            file.set("post_processor", around.get());
        } else {
            file.putNull("post_processor");
        }
        file.set("decoder", PreTokenizer.byteLevel(true, true));
        ObjectNode model = file.putObject("model");
        model.put("type", "BPE").putNull("dropout").putNull("unk_token");
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", words.ignoresMerges());
        Set<String> known = vocabulary(model.putObject("vocab"));
        merges(model.putArray("merges"), known);
        return file;
    }

    private void addedTokens(ArrayNode added) {
        for (int id = 0; id < types.size(); id++) {
            long type = types.get(id);
            if (type == CONTROL || type == USER_DEFINED) {
                added.addObject()
                        .put("id", id)
                        .put("content", tokenizer.tokens().get(id))
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", type == CONTROL);
            }
        }
    }

    private Set<String> vocabulary(ObjectNode vocabulary) throws ArtifactException {
        Set<String> known = new HashSet<>();
        for (int id = 0; id < types.size(); id++) {
            if (types.get(id) != UNUSED) {
                String token = tokenizer.tokens().get(id);
                if (!known.add(token)) {
                    throw settings.expected(TokenizerSettings.TOKENS, "each once; '" + token + "' is there twice");
                }
                vocabulary.put(token, id);
            }
        }
        return known;
    }

    private void merges(ArrayNode merges, Set<String> known) throws ArtifactException {
        for (String merge : settings.texts(MERGES)) {
            int space = merge.indexOf(' ', 1);
            String left = merge.substring(0, Math.max(space, 0));
            String right = merge.substring(space + 1);
            if (space < 0 || !known.contains(left) || !known.contains(right) || !known.contains(left + right)) {
                throw settings.expected(MERGES, "pairs of tokens that make a token, not '" + merge + "'");
            }
            merges.addArray().add(left).add(right);
        }
    }

    /** What is put around a text. */
    private Optional<ObjectNode> specialTokens() throws ArtifactException {
        if (!tokenizer.addBegin() && !tokenizer.addEnd()) {
            return Optional.empty();
        }
        ObjectNode template = JSON.createObjectNode().put("type", "TemplateProcessing");
        ArrayNode single = template.putArray("single");
        ArrayNode pair = template.putArray("pair");
        ObjectNode special = template.putObject("special_tokens");
        for (String sequence : List.of("A", "B")) {
            int segment = sequence.equals("A") ? 0 : 1;
            ArrayNode around = JSON.createArrayNode();
            if (tokenizer.addBegin()) {
                addSpecial(around, special, tokenizer.begin(), "tokenizer.ggml.bos_token_id", segment);
            }
            around.addObject().putObject("Sequence").put("id", sequence).put("type_id", segment);
            if (tokenizer.addEnd()) {
                addSpecial(around, special, tokenizer.end(), "tokenizer.ggml.eos_token_id", segment);
            }
            pair.addAll(around);
            if (segment == 0) {
                single.addAll(around);
            }
        }
        return Optional.of(template);
    }

    private void addSpecial(ArrayNode around, ObjectNode special, OptionalInt id, String key, int segment)
            throws ArtifactException {
        String token = tokenizer.text(id).orElseThrow(() -> settings.expected(key, "the id of a token"));
        around.addObject().putObject("SpecialToken").put("id", token).put("type_id", segment);
        ObjectNode entry = special.putObject(token).put("id", token);
        entry.putArray("ids").add(id.getAsInt());
        entry.putArray("tokens").add(token);
    }
}
