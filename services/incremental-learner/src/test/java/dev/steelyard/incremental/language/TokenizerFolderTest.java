package dev.steelyard.incremental.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.models.text.BytePairTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerFolderTest {
    @TempDir
    Path folder;

    @BeforeEach
    void learn() throws IOException {
        new BytePairTraining().add("to be or not to be").learn(259).write(folder, 32);
    }

    @Test
    void end_token_is_that_of_the_settings() throws IOException {
        try (var tokenizer = TokenizerFolder.open(folder)) {
            assertThat(tokenizer.end()).hasValue(0);
            assertThat(tokenizer.begin()).isEmpty();
            assertThat(tokenizer.size()).isEqualTo(259);
            assertThat(tokenizer.text(tokenizer.ids("not to be\n"))).isEqualTo("not to be\n");
        }
    }

    @Test
    void end_token_of_a_model_goes_before() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"eos_token_id\": 17}");

        try (var tokenizer = TokenizerFolder.open(folder)) {
            assertThat(tokenizer.end()).hasValue(17);
        }
    }

    @Test
    void of_several_end_tokens_the_usual_one_ends_a_text(@TempDir Path bytes) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"eos_token_id\": [17, 0]}");
        try (var tokenizer = TokenizerFolder.open(folder);
                var model = ModelTokens.open(folder)) {
            assertThat(tokenizer.end()).hasValue(0);
            assertThat(model.end()).hasValue(0);
        }
        Files.writeString(folder.resolve("config.json"), "{\"eos_token_id\": [17, 18]}");
        try (var tokenizer = TokenizerFolder.open(folder)) {
            assertThat(tokenizer.end()).hasValue(17);
        }
        Files.writeString(bytes.resolve("config.json"), "{\"eos_token_id\": [10, 0]}");
        try (var model = ModelTokens.open(bytes)) {
            assertThat(model.end()).hasValue(10);
        }
    }

    @Test
    void tokenizer_without_end_token_is_refused() throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{}");

        assertThatThrownBy(() -> TokenizerFolder.open(folder))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("tokenizer_config.json: eos_token");
    }

    @Test
    void damaged_settings_are_refused_by_name() throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": ");

        assertThatThrownBy(() -> TokenizerFolder.open(folder))
                .isInstanceOfSatisfying(
                        ArtifactException.class, e -> assertThat(e.file()).contains("tokenizer_config.json"))
                .hasMessageContaining("is not valid JSON");
    }

    @Test
    void copy_reads_as_the_same(@TempDir Path copy) throws IOException {
        try (var tokenizer = TokenizerFolder.open(folder)) {
            tokenizer.copy(copy);
            try (var again = TokenizerFolder.open(copy)) {
                assertThat(again.ids("or not")).isEqualTo(tokenizer.ids("or not"));
                assertThat(again.end()).isEqualTo(tokenizer.end());
            }
        }
    }
}
