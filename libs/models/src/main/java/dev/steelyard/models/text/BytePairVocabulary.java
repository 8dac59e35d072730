package dev.steelyard.models.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A byte-level byte-pair encoding as learned by {@link BytePairTraining}.
 *
 * @param ids token to id, in the order of ids; bytes are written as GPT-2 writes them
 * @param merges "left right", the first learned first
 */
public record BytePairVocabulary(SequencedMap<String, Integer> ids, List<String> merges) {
    private static final JsonMapper JSON = new JsonMapper();

    public BytePairVocabulary {
        ids = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(ids));
        merges = List.copyOf(merges);
    }

    /** Tokens in all. */
    public int size() {
        return ids.size();
    }

    /**
     * Writes {@code tokenizer.json} and {@code tokenizer_config.json}, which Hugging Face's libraries read.
     *
     * @param longest tokens that the model has positions for
     */
    public void write(Path folder, int longest) throws IOException {
        ObjectNode bytes = JSON.createObjectNode();
        bytes.put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true);
        ObjectNode file = JSON.createObjectNode();
        file.put("version", "1.0").putNull("truncation").putNull("padding");
        file.putArray("added_tokens")
                .addObject()
                .put("id", 0)
                .put("content", BytePairTraining.END_OF_TEXT)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
        file.putNull("normalizer");
        file.set("pre_tokenizer", bytes.deepCopy().put("use_regex", true));
        file.set("post_processor", bytes.deepCopy().put("use_regex", true));
        file.set("decoder", bytes.deepCopy().put("use_regex", true));
        ObjectNode model = file.putObject("model");
        model.put("type", "BPE").putNull("dropout").putNull("unk_token");
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        model.set("vocab", JSON.valueToTree(ids));
        model.set("merges", JSON.valueToTree(merges));
        write(folder.resolve("tokenizer.json"), file);
        ObjectNode settings = JSON.createObjectNode();
        settings.put("tokenizer_class", "PreTrainedTokenizerFast");
        settings.put("bos_token", BytePairTraining.END_OF_TEXT).put("eos_token", BytePairTraining.END_OF_TEXT);
        settings.put("model_max_length", longest).put("clean_up_tokenization_spaces", false);
        write(folder.resolve("tokenizer_config.json"), settings);
    }

    private static void write(Path file, Object content) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(content) + "\n");
    }
}
