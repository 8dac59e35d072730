package dev.steelyard.incremental.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelTokensTest {
    @TempDir
    Path folder;

    @Test
    void model_without_a_tokenizer_reads_bytes() throws IOException {
        config("{\"eos_token_id\": 0}");
        try (var tokens = ModelTokens.open(folder)) {
            assertThat(tokens.ids("aé")).containsExactly('a', 0xC3, 0xA9);
            assertThat(tokens.begin()).isEmpty();
            assertThat(tokens.end()).hasValue(0);
        }
    }

    @Test
    void sequence_begins_as_the_tokenizer_begins_it() throws IOException {
        config("{\"bos_token_id\": 2, \"eos_token_id\": 3}");
        tokenizer("""
                "post_processor": {"type": "TemplateProcessing",
                  "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                  "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                  "special_tokens": {"<s>": {"id": "<s>", "ids": [2], "tokens": ["<s>"]}}},""");
        try (var tokens = ModelTokens.open(folder)) {
            assertThat(tokens.ids("b a")).as("pieces have nothing around them").containsExactly(1, 0);
            assertThat(tokens.begin()).hasValue(2);
            assertThat(tokens.end()).hasValue(3);
        }
        tokenizer("");
        try (var tokens = ModelTokens.open(folder)) {
            assertThat(tokens.begin()).isEmpty();
        }
    }

    private void config(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
    }

    private void tokenizer(String postProcessor) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), """
                {"version": "1.0", "truncation": null, "padding": null,
                "added_tokens": [{"id": 2, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
                  "normalized": false, "special": true}],
                "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, %s "decoder": null,
                "model": {"type": "WordLevel", "vocab": {"a": 0, "b": 1, "<s>": 2, "</s>": 3}, "unk_token": "</s>"}}
                """.formatted(postProcessor));
    }
}
