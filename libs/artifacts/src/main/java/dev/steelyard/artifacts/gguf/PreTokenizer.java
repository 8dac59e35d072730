package dev.steelyard.artifacts.gguf;

import dev.steelyard.artifacts.ArtifactException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How texts are cut before byte pairs are merged: GGUF has a name for it, tokenizer.json the rules. */
enum PreTokenizer {
    /** GPT-2's words, numbers and signs. */
    GPT2(Set.of("gpt-2")),

    /** The same with each digit alone. */
    DIGITS(Set.of("smollm", "starcoder", "refact")),

    /** Llama 3: numbers in threes, line ends for themselves; words of the vocabulary are never merged up. */
    LLAMA3(Set.of("llama-bpe", "llama3", "llama-v3"));

    private static final String KEY = "tokenizer.ggml.pre";
    private static final String LLAMA3_WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final JsonMapper JSON = new JsonMapper();

    @SuppressWarnings("ImmutableEnumChecker") // of Set.of
    private final Set<String> names;

    PreTokenizer(Set<String> names) {
        this.names = names;
    }

    static Optional<PreTokenizer> of(GgufMetadata settings) throws ArtifactException {
        String name = settings.optionalText(KEY).orElse("");
        return Arrays.stream(values()).filter(each -> each.names.contains(name)).findFirst();
    }

    /** @throws ArtifactException when the file names none that is known */
    static PreTokenizer require(GgufMetadata settings) throws ArtifactException {
        return of(settings)
                .orElseThrow(
                        () -> settings.expected(
                                KEY,
                                "gpt-2, smollm, starcoder, refact or llama-bpe (else put the model's tokenizer.json beside it)"));
    }

    /** Whether texts begin with a special token where the file does not say. */
    boolean begins() {
        return this == LLAMA3;
    }

    boolean ignoresMerges() {
        return this == LLAMA3;
    }

    /** The rules as tokenizer.json has them. */
    ObjectNode rules(boolean spaceBefore) {
        ObjectNode sequence = JSON.createObjectNode().put("type", "Sequence");
        ArrayNode steps = sequence.putArray("pretokenizers");
        switch (this) {
            case GPT2 -> {
                return byteLevel(spaceBefore, true);
            }
            case DIGITS -> steps.addObject().put("type", "Digits").put("individual_digits", true);
            case LLAMA3 -> {
                ObjectNode split = steps.addObject().put("type", "Split");
                split.putObject("pattern").put("Regex", LLAMA3_WORDS);
                split.put("behavior", "Isolated").put("invert", false);
            }
        }
        steps.add(byteLevel(spaceBefore, this == DIGITS));
        return sequence;
    }

    static ObjectNode byteLevel(boolean spaceBefore, boolean words) {
        return JSON.createObjectNode()
                .put("type", "ByteLevel")
                .put("add_prefix_space", spaceBefore)
                .put("trim_offsets", true)
                .put("use_regex", words);
    }
}
