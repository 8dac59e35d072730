package dev.steelyard.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.models.bert.BertConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigTest {
    private static final String SMALL = """
            {"model_type": "bert", "vocab_size": 50, "hidden_size": 24, "num_hidden_layers": 2,
             "num_attention_heads": 4, "intermediate_size": 48}""";

    @TempDir
    Path folder;

    @Test
    void sizes_are_read_and_the_rest_has_the_defaults_of_the_format() throws IOException {
        BertConfig config = BertConfig.read(config(SMALL));

        assertThat(config).isEqualTo(new BertConfig(50, 24, 2, 4, 48, Activation.GELU, 512, 2, 1e-12, 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "hidden_size": 24 | "hidden_size": "big" | hidden_size: expected a whole number from 1 to 65536, found "big"
            "hidden_size": 24 | "hidden_size": 24.5 | hidden_size: expected a whole number from 1 to 65536, found 24.5
            "hidden_size": 24 | "hidden_size": 99999999999 | hidden_size: expected a whole number from 1 to 65536, found 99999999999
            "hidden_size": 24 | "hidden_size": 26 | hidden_size: expected a multiple of num_attention_heads (4), found 26
            "hidden_size": 24, | `` | hidden_size: expected a whole number from 1 to 65536, found nothing
            "vocab_size": 50 | "vocab_size": 0 | vocab_size: expected a whole number from 1 to 16777216, found 0
            "vocab_size": 50 | "vocab_size": 50, "pad_token_id": 50 | pad_token_id: expected a whole number from 0 to 49, found 50
            "model_type": "bert" | "model_type": "llama" | model_type: expected bert, found "llama"
            "vocab_size": 50 | "vocab_size": 50, "hidden_act": "softsign" | hidden_act: expected gelu, gelu_new, relu or silu, found "softsign"
            "vocab_size": 50 | "vocab_size": 50, "position_embedding_type": "relative_key" | position_embedding_type: expected absolute, found "relative_key"
            "vocab_size": 50 | "vocab_size": 50, "layer_norm_eps": -1 | layer_norm_eps: expected a number from 0.0 to 1.0, found -1
            "vocab_size": 50 | "vocab_size": 50, "is_decoder": true | is_decoder: expected false, found true
            """)
    void wrong_field_is_named_with_what_was_found(String from, String to, String message) {
        String json = SMALL.replace(from, to);

        assertThatThrownBy(() -> BertConfig.read(config(json)))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("config.json: " + message);
    }

    @Test
    void lists_of_texts_and_labels_are_read_whole_or_refused() throws IOException {
        ModelConfig config = config("""
                {"names": ["a", "b"], "mixed": ["a", 1], "one": "a", "none": null,
                 "id2label": {"1": "dog", "0": "cat"}, "gap": {"0": "cat", "2": "dog"}, "empty": {}}""");

        assertThat(config.texts("names")).containsExactly("a", "b");
        assertThat(config.texts("none")).isEmpty();
        assertThatThrownBy(() -> config.texts("mixed"))
                .hasMessage("config.json: mixed: expected a list of texts, found [\"a\",1]");
        assertThatThrownBy(() -> config.texts("one"))
                .hasMessage("config.json: one: expected a list of texts, found \"a\"");
        assertThatThrownBy(() -> config.texts("empty"))
                .hasMessage("config.json: empty: expected a list of texts, found {}");
        assertThat(config.labels("id2label")).containsExactly("cat", "dog");
        for (String field : List.of("gap", "empty", "names", "none", "absent")) {
            assertThatThrownBy(() -> config.labels(field))
                    .hasMessageStartingWith(
                            "config.json: %s: expected a label for each number from 0".formatted(field));
        }
    }

    @Test
    void file_that_is_not_a_config_is_refused() {
        assertThatThrownBy(() -> config("{\"a\": 1, \"a\": 2}")).hasMessageContaining("config.json: not valid JSON");
        assertThatThrownBy(() -> config("{\"a\": ")).hasMessageContaining("config.json: not valid JSON");
        assertThatThrownBy(() -> config("[1]")).hasMessage("config.json: expected a JSON object");
        assertThatThrownBy(() -> config("[".repeat(100_000))).hasMessageContaining("config.json: not valid JSON");
        assertThatThrownBy(() -> config("{\"a\": \"" + "x".repeat(1 << 20) + "\"}"))
                .hasMessage("config.json: 1048585 bytes; at most 1048576 are read");
        assertThatThrownBy(() -> ModelConfig.read(folder.resolve("elsewhere"))).hasMessage("config.json: missing");
    }

    @Test
    void refusal_knows_the_folder_it_is_about() throws IOException {
        ModelConfig config = config("{\"rope\": {\"theta\": 0}}");
        ModelConfig rope = config.section("rope").orElseThrow();

        assertThat(rope.unexpected("theta", "more").place()).contains(folder);
        assertThatThrownBy(() -> config("[1]"))
                .isInstanceOfSatisfying(
                        ArtifactException.class, e -> assertThat(e.place()).contains(folder));
    }

    private ModelConfig config(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
        return ModelConfig.read(folder);
    }
}
